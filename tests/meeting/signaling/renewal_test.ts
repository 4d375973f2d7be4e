import { assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { joinedConnection } from "./joined_connection.ts";

Deno.test("renewal › a token is renewed before its end, and ten seconds after a failure", async () => {
  const { kit, scope, meeting, upstream } = await joinedConnection({ exp: 90, silenceMs: 10_000_000 });
  const asked = () => upstream.received.filter(({ name }) => name === "meetingToken").length;
  upstream.answer("meetingToken", () => fail("unavailable", "The Global Controller is away."));
  await kit.advance(59_000);
  assertEquals(asked(), 0);
  await kit.advance(1_000);
  assertEquals(asked(), 1, "two thirds of a short life are over");
  upstream.answer("meetingToken", () => ({ token: "a fresh one", expires_in: 900 }));
  await kit.advance(9_000);
  assertEquals(asked(), 1);
  await kit.advance(1_000);
  assertEquals(asked(), 2);
  assertEquals(meeting.received.filter(({ name }) => name === "rebind").length, 1);
  await kit.advance(839_000);
  assertEquals(asked(), 2);
  await kit.advance(1_000);
  assertEquals(asked(), 3, "a minute is left of a long life");
  await kit.finish(scope.close());
});
