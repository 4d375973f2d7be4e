import { assertEquals } from "@std/assert";
import { codeOf, connect, pause, type Scenario, scenario } from "./scenario.ts";

/** A controller that starts slowly may be known before it listens: its clients come again. */
async function enter(s: Scenario, code: string, token: string) {
  for (;;) {
    const client = connect(await s.ticketOf(code, "join", token));
    const joined = await client.request("join", {});
    if (joined.ok) return { client, meeting: joined.value.meeting };
    client[Symbol.dispose]();
    await pause();
  }
}

await scenario("what is changed while no controller runs the meeting holds as it goes on", async (s) => {
  const { rest, deployment } = s;
  const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
  const { code } = await rest.createMeeting(ann, {
    settings: { permissions: { chat: false, rename: false } },
  });
  {
    using host = (await enter(s, code, ann)).client;
    const permissions = { chat: true, rename: true };
    assertEquals(await codeOf(host, "moderation.permissions", { permissions }), "ok");
    await host.request("leave", {});
  }
  await deployment.stop("meeting");
  // It names the chat with the value that it has, and not the names.
  const body = { settings: { permissions: { chat: false } } };
  while ((await rest.send("PATCH", `/api/v1/meetings/${code}`, { token: ann, body })).status !== 200) {
    await pause();
  }
  await deployment.start("meeting");
  const { client, meeting: { permissions } } = await enter(s, code, bob);
  using member = client;
  assertEquals([permissions.chat, permissions.rename], [false, true]);
  assertEquals(await codeOf(member, "chat.send", { text: "Still open?" }), "FORBIDDEN");
});
