import { assertEquals } from "@std/assert";
import { client } from "../support/client.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("guest view › without a token a link tells of its meeting only if it takes guests", async (t) => {
  await using d = await deployment({ env: { DT_LIMIT_UNKNOWN_CODES_PER_MINUTE: "5" } });
  const { send, user, createMeeting } = client(d);
  const ann = await user("ann");
  const open = await createMeeting(ann, { settings: { allow_guests: true } });
  const closed = await createMeeting(ann);
  const view = (code: string) => send("GET", `/api/v1/meetings/${code}`);
  const on_join = { microphone: true, camera: true };
  const expected = {
    code: open.code,
    display_name: "Weekly",
    status: "scheduled",
    allow_guests: true,
    on_join,
  };

  await t.step("of one that does: its name and status, and nothing else", async () => {
    assertEquals([(await view(open.code)).status, (await view(open.code)).body], [200, expected]);
  });

  await t.step("nothing once guests are not let in", async () => {
    const letIn = async (allow_guests: boolean) => {
      const body = { settings: { allow_guests } };
      const changed = await send("PATCH", `/api/v1/meetings/${open.code}`, { token: ann, body });
      assertEquals(changed.status, 200);
    };
    await letIn(false);
    assertEquals((await view(open.code)).status, 404);
    await letIn(true);
    assertEquals((await view(open.code)).body, expected);
  });

  await t.step(
    "one that doesn't is answered as one that isn't there, and counts as a wrong code",
    async () => {
      const unknown = "a".repeat(22);
      const [hidden, missing] = [await view(closed.code), await view(unknown)];
      assertEquals([hidden.status, hidden.body], [404, missing.body]);
      for (const code of ["!", unknown]) assertEquals((await view(code)).status, 404);
      const limited = await view(unknown);
      assertEquals([limited.status, limited.code], [429, "RATE_LIMITED"]);
      assertEquals((await view(closed.code)).status, 429);
      assertEquals((await view(open.code)).body, expected);
    },
  );

  await t.step("a token that is no good is refused, and not taken for none", async () => {
    assertEquals((await send("GET", `/api/v1/meetings/${open.code}`, { token: "none" })).status, 401);
  });

  await t.step("it tells when the meeting has ended", async () => {
    const path = `/api/v1/meetings/${open.code}`;
    assertEquals((await send("DELETE", path, { token: ann })).status, 204);
    assertEquals((await view(open.code)).body, { ...expected, status: "ended" });
  });
});
