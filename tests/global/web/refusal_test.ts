import { assertEquals } from "@std/assert";
import { nameProblem, refusalOf } from "../../../global/web/refusal.ts";

const subjects = { display_name: "Your name", email: "This" };

Deno.test("refusal › what is about a field of the form is said there, in words", () => {
  const details = [{ path: "display_name", message: "has characters in it that can't be seen" }];
  assertEquals(
    refusalOf({ code: "INVALID_REQUEST", message: "The request is not valid.", details }, subjects),
    {
      byField: { display_name: "Your name has characters in it that can't be seen." },
      rest: "",
    },
  );
});

Deno.test("refusal › what is about no field of the form is said whole, beside what is", () => {
  const details = [
    { path: "email", message: "is not an e-mail address" },
    { path: "email", message: "is too long" },
    { path: "invitation", message: "is used up" },
  ];
  assertEquals(refusalOf({ code: "REFUSED", message: "Not valid.", details }, subjects), {
    byField: { email: "This is not an e-mail address." },
    rest: "Not valid. invitation: is used up",
  });
  assertEquals(refusalOf({ code: "REFUSED", message: "Try later." }, subjects), {
    byField: {},
    rest: "Try later.",
  });
});

Deno.test("refusal › a name is judged as the servers judge it", () => {
  assertEquals(nameProblem("Ada"), undefined);
  assertEquals(nameProblem("  "), "Enter your name.");
  assertEquals(nameProblem("Ada\u202E"), "Your name has characters in it that can't be seen.");
  assertEquals(nameProblem("a".repeat(65)), "Your name is longer than 64 characters.");
});
