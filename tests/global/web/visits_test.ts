import { assertEquals } from "@std/assert";
import { goBack, goOnSignedIn, startAs, type Visits } from "../../../global/web/visits.ts";

const signingIn: Visits = {
  number: 3,
  isGuest: false,
  isSigningIn: true,
  name: "Ada",
  nameProblem: undefined,
};

Deno.test("visits › back from signing in, a member whose session is over begins a guest's visit", () => {
  const guest = { number: 4, isGuest: true, isSigningIn: false, name: "", nameProblem: undefined };
  assertEquals(goBack(signingIn, false), guest);
});

Deno.test("visits › back from signing in, a guest and a member who is signed in go on as they were", () => {
  assertEquals(goBack(signingIn, true), { ...signingIn, isSigningIn: false });
  const guest = { ...signingIn, isGuest: true };
  assertEquals(goBack(guest, false), { ...guest, isSigningIn: false });
});

Deno.test("visits › a name is kept for the same kind of visit, and forgotten for the other", () => {
  const again = startAs(signingIn, false, "Your name is empty.");
  assertEquals([again.number, again.name, again.nameProblem], [4, "Ada", "Your name is empty."]);
  assertEquals(startAs(again, true).name, "");
});

Deno.test("visits › a sign-in that is answered late changes no visit that goes on without it", () => {
  assertEquals(
    goOnSignedIn({ ...signingIn, isGuest: true }),
    startAs({ ...signingIn, isGuest: true }, false),
  );
  const guest = { ...signingIn, isGuest: true, isSigningIn: false };
  assertEquals(goOnSignedIn(guest), guest);
});
