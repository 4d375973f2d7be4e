import { assertEquals } from "@std/assert";
import { endingBeforeJoin, endingOfJoin } from "../../shared/client/endings.ts";

Deno.test("endings › a join that is refused for its name says so, another malformed one that the page is old", () => {
  const refused = (message: string) => endingOfJoin({ code: "INVALID_REQUEST", message });
  assertEquals(refused("display_name: has characters in it that can't be seen"), {
    reason: "failed",
    message: "Your name has characters in it that can't be seen. Choose another one.",
    nameRefusal: "has characters in it that can't be seen",
  });
  assertEquals(refused("layout.slots: is too small"), {
    reason: "failed",
    message: "This page and the server don't understand each other. Reload the page.",
  });
});

Deno.test("endings › whether the meeting or one's own devices leave no place free is said as the server says it", () => {
  const message = "You are in this meeting on 3 devices already.";
  assertEquals(endingOfJoin({ code: "MEETING_FULL", message }), { reason: "full", message });
});

Deno.test("endings › a guest is told of no meeting, and that signing in may help", () => {
  const missing = { status: 404, code: "MEETING_NOT_FOUND", message: "There is none." };
  assertEquals(
    endingBeforeJoin(missing, false).message,
    "There is no meeting with this code. Check the link.",
  );
  assertEquals(endingBeforeJoin(missing, true).message.includes("sign in"), true);
  assertEquals(endingBeforeJoin({ ...missing, status: 410, code: "MEETING_ENDED" }, true).reason, "ended");
});
