import { assert, assertEquals } from "@std/assert";
import { createApi, joinMeeting, type MeetingSession, type SessionState } from "../../shared/client/mod.ts";
import { startStack } from "../e2e/stack.ts";

const layout = { mode: "grid", slots: 9 } as const;

Deno.test("chaos › a crashed shard's people come back with roster and chat as before, the other shard's notice nothing", async () => {
  await using stack = await startStack({ DT_FAULT_INJECTION: "1", DT_SHARDS: "2" });
  const { origin } = stack;
  const api = createApi({ baseUrl: origin });
  const email = `ada-${crypto.randomUUID().slice(0, 8)}@example.org`;
  assert((await api.register({ email, password: crypto.randomUUID(), display_name: "Ada" })).ok);
  const meetings = [await meetingOn(origin, api, 0), await meetingOn(origin, api, 1)];
  const people = await Promise.all(meetings.map(({ code, ticket }) => enter(origin, api, code, ticket)));
  const [crashing, spared] = people;
  assert(crashing !== undefined && spared !== undefined);
  for (const { host } of people) assert((await host.sendChat("before")).ok);
  for (const { guest } of people) await reaches(guest, ({ chat }) => chat.length === 1);
  // A lock is stored before it is answered, and all that came before it with it; chat alone may be 50 ms late.
  assert((await crashing.host.request("moderation.lock", { locked: false })).ok);
  const before = crashing.guest.state.get();
  const sparedPhases: string[] = [];
  const forget = spared.guest.state.subscribe(({ phase }) => void sparedPhases.push(phase));

  const control = Number(new URL(origin).port) + 3;
  const crash = await fetch(`http://127.0.0.1:${control}/debug/shards/0/crash`, { method: "POST" });
  assertEquals((await crash.json()).outcome, "crashed");

  const both = [crashing.host, crashing.guest];
  await Promise.all(both.map((one) => reaches(one, ({ phase }) => phase === "reconnecting")));
  await Promise.all(both.map((one) => reaches(one, ({ phase }) => phase === "joined")));
  const everybodyJoined = ({ participants }: SessionState) =>
    participants.length === 2 && participants.every(({ state }) => state === "joined");
  await Promise.all(both.map((one) => reaches(one, everybodyJoined)));
  const after = crashing.guest.state.get();
  assertEquals(after.selfId, before.selfId);
  assertEquals(ids(after), ids(before));
  assertEquals(after.chat, before.chat);
  assert((await crashing.host.sendChat("after")).ok);
  await reaches(crashing.guest, ({ chat }) => chat.length === 2);

  assert((await spared.host.sendChat("undisturbed")).ok);
  await reaches(spared.guest, ({ chat }) => chat.length === 2);
  forget();
  assert(sparedPhases.every((phase) => phase === "joined"));
  await Promise.all(people.flatMap(({ host, guest }) => [host.leave(), guest.leave()]));
});

type Api = ReturnType<typeof createApi>;

/** A meeting whose place is a certain shard: placement decides, so that several are made until one fits. */
async function meetingOn(origin: string, api: Api, shard: number) {
  // As the README has it: the shards' ports begin ten after the page's.
  const wanted = Number(new URL(origin).port) + 10 + shard;
  for (let i = 0; i < 20; i++) {
    const meeting = await api.createMeeting({
      display_name: `On shard ${shard}`,
      settings: { allow_guests: true, waiting_room: false },
    });
    assert(meeting.ok);
    const ticket = await api.joinTicket(meeting.value.code);
    assert(ticket.ok);
    const port = Number(new URL(ticket.value.signaling_url).port);
    if (port === wanted) return { code: meeting.value.code, ticket: ticket.value };
  }
  throw new Error(`No meeting was placed on shard ${shard}`);
}

/** The creator and a guest, without media, in the meeting. */
async function enter(
  origin: string,
  api: Api,
  code: string,
  ticket: Parameters<typeof joinMeeting>[0]["ticket"],
) {
  const host = joinMeeting({ code, ticket, api, layout, displayName: "Ada" });
  await reaches(host, ({ phase }) => phase === "joined");
  const guestApi = createApi({ baseUrl: origin });
  const guestTicket = await guestApi.guestTicket(code, "Gus");
  assert(guestTicket.ok);
  const guest = joinMeeting({ code, ticket: guestTicket.value, api: guestApi, layout, displayName: "Gus" });
  await reaches(guest, ({ phase, participants }) => phase === "joined" && participants.length === 2);
  return { host, guest };
}

function ids({ participants }: SessionState): string[] {
  return participants.map(({ participant_id }) => participant_id).sort();
}

/** Waits until a session's state is as wanted. */
function reaches({ state }: MeetingSession, wanted: (state: SessionState) => boolean): Promise<void> {
  if (wanted(state.get())) return Promise.resolve();
  return new Promise((resolve) => {
    const forget = state.subscribe((now) => {
      if (!wanted(now)) return;
      queueMicrotask(() => forget());
      resolve();
    });
  });
}
