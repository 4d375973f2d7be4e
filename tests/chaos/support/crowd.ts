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
}

/** What has to be the same for a person after a recovery. */
export function memoryOf({ state }: MeetingSession) {
  const { selfId, role, participants, chat, meeting } = state.get();
  const roster = participants.map((
    { participant_id, display_name, role, participant_type, hand_raised },
  ) => ({
    participant_id,
    display_name,
    role,
    participant_type,
    hand_raised,
  })).sort((a, b) => a.participant_id < b.participant_id ? -1 : 1);
  return { selfId, role, roster, chat, code: meeting?.code };
}

/** Meetings of a host and guests through the public interfaces, each with a chat message and a raised hand. */
export async function gather(origin: string, meetings: number, size: number): Promise<Crowd[]> {
  const api = createApi({ baseUrl: origin });
  const email = `ada-${crypto.randomUUID().slice(0, 8)}@example.org`;
  assert((await api.register({ email, password: crypto.randomUUID(), display_name: "Ada" })).ok);
  const crowds: Crowd[] = [];
  for (let index = 0; index < meetings; index++) crowds.push(await gatherOne(origin, api, size));
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
    const guestApi = createApi({ baseUrl: origin });
    const guest = await guestApi.guestTicket(code, `Guest ${index}`);
    assert(guest.ok);
    people.push(enter({ code, api: guestApi, ticket: guest.value, displayName: `Guest ${index}` }));
  }
  await everybody(people, ({ participants }) => participants.length === size);
  const [host, guest] = people;
  assert(host !== undefined && guest !== undefined);
  assert((await host.sendChat("before")).ok);
  assert((await guest.request("participant.update", { hand_raised: true })).ok);
  await everybody(
    people,
    ({ chat, participants }) => chat.length === 1 && participants.some(({ hand_raised }) => hand_raised),
  );
  const port = async () => {
    const now = await api.joinTicket(code);
    assert(now.ok);
    return Number(new URL(now.value.signaling_url).port);
  };
  return { code, port, people };
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
