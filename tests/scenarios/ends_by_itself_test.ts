// Its minutes are real ones: the file's name sorts first, so that the others run meanwhile.
import { assert, assertEquals } from "@std/assert";
import { connect, waitingScenario } from "./scenario.ts";

await waitingScenario("a meeting's own end is announced to those inside, and comes", async (s, t) => {
  const { rest } = s;
  const [ann, bob] = [await rest.user("ann"), await rest.user("bob")];
  const make = (settings: object) => rest.createMeeting(ann, { settings });
  const brief = await make({ max_duration_minutes: 1 });
  const hostless = await make({ end_after_last_host_minutes: 1 });
  const long = await make({ max_duration_minutes: 60 });
  using inBrief = connect(await s.ticketOf(brief.code, "join", bob));
  await inBrief.join();
  using inHostless = connect(await s.ticketOf(hostless.code, "join", bob));
  await inHostless.join();
  using host = connect(await s.ticketOf(hostless.code, "join", ann));
  await host.join();

  await t.step("the longest duration is announced when it is near, and so to who comes then", async () => {
    const { reason, at } = await inBrief.told("meeting.ending");
    assert(reason === "max_duration" && at !== null);
    using late = connect(await s.ticketOf(brief.code, "join", ann));
    await late.join();
    assertEquals((await late.told("meeting.ending")).at, at);
    using far = connect(await s.ticketOf(long.code, "join", bob));
    await far.join();
    await far.request("session.ping", {});
    assertEquals(far.notifications.filter(({ type }) => type === "meeting.ending"), []);
    const nearer = { settings: { max_duration_minutes: 4 } };
    const path = `/api/v1/meetings/${long.code}`;
    assertEquals((await rest.send("PATCH", path, { token: ann, body: nearer })).status, 200);
    assertEquals((await far.told("meeting.ending")).reason, "max_duration");
    const never = { settings: { max_duration_minutes: null } };
    assertEquals((await rest.send("PATCH", path, { token: ann, body: never })).status, 200);
    await far.told("meeting.ending", ({ at }) => at === null);
  });

  await t.step("that no host is left is announced at once, and taken back when one comes", async () => {
    await host.request("leave", {});
    const { reason, at } = await inHostless.told("meeting.ending");
    assert(reason === "no_host" && at !== null);
    using back = connect(await s.ticketOf(hostless.code, "join", ann));
    await back.join();
    await inHostless.told("meeting.ending", ({ at }) => at === null);
    await back.request("leave", {});
    await inHostless.told("meeting.ending", (told) => told.at !== null && told.at !== at);
  });

  await t.step("both end by themselves, and stay ended", async () => {
    for (const [client, { code }] of [[inBrief, brief], [inHostless, hostless]] as const) {
      assertEquals((await client.ended).reason, "meetingEnded");
      const answer = await rest.send("POST", `/api/v1/meetings/${code}/join`, { token: ann, body: {} });
      assertEquals([answer.status, answer.code], [410, "MEETING_ENDED"]);
    }
  });
});
