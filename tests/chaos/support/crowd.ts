import { assert } from "@std/assert";
import {
  createApi,
  joinMeeting,
  type MeetingSession,
  type SessionOptions,
  type SessionState,
} from "../../../shared/client/mod.ts";

/** One meeting with its people, without media: a host, and guests. */
export interface Crowd {
  readonly code: string;
  /** The port of the shard that has it now. */
  port(): Promise<number>;
  readonly people: readonly MeetingSession[];
  /** Has somebody whom the host has banned ask for a ticket; the refusal's code, or `ok`. */
  bannedAsks(): Promise<string>;
}

/** What has to be the same for a person after a recovery. */
export function memoryOf({ state }: MeetingSession) {
  const { selfId, role, participants, chat, meeting } = state.get();
  const roster = participants.map((
    { participant_id, display_name, role, participant_type, hand_raised, muted_sources },
  ) => ({
    participant_id,
    display_name,
    role,
    participant_type,
    hand_raised,
    muted_sources,
  })).sort((a, b) => a.participant_id < b.participant_id ? -1 : 1);
  return { selfId, role, roster, chat, code: meeting?.code, permissions: meeting?.permissions };
}

/**
 * Meetings of a host and guests through the public interfaces, each with a chat message, a raised hand, a mute, a second
 * host, a permission that is not given, and a ban. Of several origins each meeting has one after the other.
 */
export async function gather(
  origins: readonly [string, ...string[]],
  meetings: number,
  size: number,
): Promise<Crowd[]> {
  const api = createApi({ baseUrl: origins[0] });
  const email = `ada-${crypto.randomUUID().slice(0, 8)}@example.org`;
  assert((await api.register({ email, password: crypto.randomUUID(), display_name: "Ada" })).ok);
  const crowds: Crowd[] = [];
  for (let index = 0; index < meetings; index++) {
    const origin = origins[index % origins.length] ?? origins[0];
    crowds.push(await gatherOne(origin, api, size));
  }
  return crowds;
}

async function gatherOne(origin: string, api: ReturnType<typeof createApi>, size: number): Promise<Crowd> {
  const meeting = await api.createMeeting({
    display_name: "Goes on",
    settings: { allow_guests: true, waiting_room: false },
  });
  assert(meeting.ok);
  const { code } = meeting.value;
  const ticket = await api.joinTicket(code);
  assert(ticket.ok);
  const people = [enter({ code, api, ticket: ticket.value, displayName: "Ada" })];
  for (let index = 1; index < size; index++) {
    const guestApi = guestApiOf(origin);
    const guest = await guestApi.guestTicket(code, `Guest ${index}`);
    assert(guest.ok);
    people.push(enter({ code, api: guestApi, ticket: guest.value, displayName: `Guest ${index}` }));
  }
  await everybody(people, ({ participants }) => participants.length === size);
  const [host, guest] = people;
  assert(host !== undefined && guest !== undefined);
  assert((await host.sendChat("before")).ok);
  assert((await guest.request("participant.update", { hand_raised: true })).ok);
  const banned = await moderate(origin, code, people);
  await everybody(
    people,
    ({ chat, participants, meeting }) =>
      chat.length === 1 && participants.length === size && participants.some(({ hand_raised }) =>
        hand_raised
      ) &&
      participants.some(({ muted_sources = [] }) => muted_sources.length > 0) &&
      participants.filter(({ role }) => role === "host").length === 2 &&
      meeting?.permissions.rename === false,
  );
  const port = async () => {
    const now = await api.joinTicket(code);
    assert(now.ok);
    return Number(new URL(now.value.signaling_url).port);
  };
  const bannedAsks = async () => {
    const asked = await guestApiOf(origin).renewTicket(code, banned);
    return asked.ok ? "ok" : asked.error.code;
  };
  return { code, port, people, bannedAsks };
}

/** What a host does in a meeting before its controller dies. Answers the meeting token of a guest who is banned. */
async function moderate(origin: string, code: string, people: readonly MeetingSession[]): Promise<string> {
  const [host, muted, promoted] = people;
  assert(host !== undefined && muted !== undefined && promoted !== undefined);
  const api = guestApiOf(origin);
  const ticket = await api.guestTicket(code, "Banned");
  assert(ticket.ok);
  const rude = enter({ code, api, ticket: ticket.value, displayName: "Banned" });
  await reaches(rude, ({ phase }) => phase === "joined");
  const idOf = ({ state }: MeetingSession) => ({ participant_id: state.get().selfId ?? "" });
  const answers = [
    await host.request("moderation.mute", { ...idOf(muted), source: "microphone", muted: true }),
    await host.request("moderation.role", { ...idOf(promoted), role: "host" }),
    await host.request("moderation.permissions", { permissions: { rename: false } }),
    await host.request("moderation.remove", { ...idOf(rude), ban: true }),
  ];
  assert(answers.every(({ ok }) => ok));
  await reaches(rude, ({ phase }) => phase === "ended");
  return ticket.value.token;
}

function guestApiOf(origin: string) {
  return createApi({ baseUrl: origin });
}

function enter(options: Omit<SessionOptions, "layout">): MeetingSession {
  return joinMeeting({ ...options, layout: { mode: "grid", slots: 9 } });
}

/** Waits until each session's state is as wanted. */
export async function everybody(
  people: readonly MeetingSession[],
  wanted: (state: SessionState) => boolean,
): Promise<void> {
  await Promise.all(people.map((one) => reaches(one, wanted)));
}

/** Waits until a session's state is as wanted. */
export function reaches({ state }: MeetingSession, wanted: (state: SessionState) => boolean): Promise<void> {
  if (wanted(state.get())) return Promise.resolve();
  return new Promise((resolve) => {
    const forget = state.subscribe((now) => {
      if (!wanted(now)) return;
      queueMicrotask(() => forget());
      resolve();
    });
  });
}
