import {
  type Api,
  type ApiResult,
  createApi,
  joinMeeting,
  type MeetingSession,
} from "../../shared/client/mod.ts";
import type { Ticket } from "../../shared/protocol/rest.ts";
import { inTurns } from "../../shared/in_turns.ts";
import type { LoadCommand } from "./load_command.ts";

/** What a load came to. Times are in milliseconds. */
export interface LoadResult {
  readonly joined: number;
  readonly joinSeconds: number;
  /** From the start of the connection to the join's answer. */
  readonly joins: readonly number[];
  /** From a message to its answer. */
  readonly answers: readonly number[];
  /** From a message to each other participant of its meeting. */
  readonly deliveries: readonly number[];
  readonly lost: {
    readonly joins: number;
    readonly connections: number;
    readonly answers: number;
    readonly deliveries: number;
  };
}

/** How many meetings are prepared, and joined, at a time. */
const concurrentMeetings = 8;
const joinPatienceMs = 20_000;
const deliveryPatienceMs = 10_000;
/** How often a rate limit is waited for before a request counts as refused. */
const triesOfRequest = 30;

interface Room {
  readonly code: string;
  readonly seats: readonly { readonly api: Api; readonly ticket: Ticket }[];
}

interface Counts {
  readonly joins: number[];
  readonly answers: number[];
  readonly deliveries: number[];
  readonly lost: { joins: number; connections: number; answers: number; deliveries: number };
}

export interface LoadOptions extends Omit<LoadCommand, "origin"> {
  readonly origin: string;
  /** The pause between two messages of a meeting; a second unless given. */
  readonly messageEveryMs?: number;
  /** Called once all have joined, while they are in. */
  readonly whileJoined?: () => void | Promise<void>;
}

/** Has synthetic participants join and chat. Throws when meetings or tickets can't be had. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { seconds, messageEveryMs: everyMs = 1_000 } = options;
  const rooms = await prepare(options);
  const counts: Counts = {
    joins: [],
    answers: [],
    deliveries: [],
    lost: { joins: 0, connections: 0, answers: 0, deliveries: 0 },
  };
  const begunMs = performance.now();
  const people = await inTurns(rooms, concurrentMeetings, (room) => enter(room, counts));
  const joinSeconds = (performance.now() - begunMs) / 1_000;
  await options.whileJoined?.();
  await chat(people, { everyMs, rounds: Math.floor(seconds * 1_000 / everyMs) }, counts);
  await Promise.all(people.flat().map((one) => one.leave()));
  return { joined: counts.joins.length, joinSeconds, ...counts };
}

/** Meetings of one account, with a guest's ticket for each participant. */
async function prepare({ origin, meetings, participants }: LoadOptions): Promise<Room[]> {
  const host = createApi({ baseUrl: origin });
  const email = `load-${crypto.randomUUID()}@example.org`;
  await granted(() => host.register({ email, password: crypto.randomUUID(), display_name: "Load" }));
  return await inTurns(Array.from({ length: meetings }), concurrentMeetings, async () => {
    const settings = { allow_guests: true, waiting_room: false };
    const { code } = await granted(() => host.createMeeting({ display_name: "Load", settings }));
    const seats: { api: Api; ticket: Ticket }[] = [];
    for (let index = 0; index < participants; index++) {
      const api = createApi({ baseUrl: origin });
      seats.push({ api, ticket: await granted(() => api.guestTicket(code, `Guest ${index + 1}`)) });
    }
    return { code, seats };
  });
}

/** The answer of a request; where a limit holds it is asked for again at the time that the refusal names. */
async function granted<T>(request: () => Promise<ApiResult<T>>): Promise<T> {
  for (let tries = 1;; tries++) {
    const result = await request();
    if (result.ok) return result.value;
    const { retryAfterSeconds, message } = result.error;
    if (retryAfterSeconds === undefined || tries === triesOfRequest) throw new Error(message);
    await after(retryAfterSeconds * 1_000);
  }
}

/** The participants of one meeting who could join, one after the other. */
async function enter({ code, seats }: Room, { joins, lost }: Counts): Promise<MeetingSession[]> {
  const inside: MeetingSession[] = [];
  for (const { api, ticket } of seats) {
    const begunMs = performance.now();
    const session = joinMeeting({ code, api, ticket, layout: { mode: "grid", slots: 9 } });
    if (await isJoined(session)) {
      joins.push(performance.now() - begunMs);
      inside.push(session);
      countLosses(session, lost);
    } else {
      lost.joins++;
      await session.leave();
    }
  }
  return inside;
}

function isJoined({ state }: MeetingSession): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), joinPatienceMs);
  const look = () => {
    const { phase } = state.get();
    if (phase === "joined" || phase === "ended") resolve(phase === "joined");
  };
  const forget = state.subscribe(look);
  look();
  return promise.finally(() => {
    clearTimeout(timer);
    forget();
  });
}

function countLosses({ state }: MeetingSession, lost: Counts["lost"]): void {
  let before = state.get().phase;
  state.subscribe(({ phase }) => {
    if (phase === "reconnecting" && before === "joined") lost.connections++;
    before = phase;
  });
}

/** So many messages in each meeting, of its participants in turn, the meetings spread over the time between two. */
async function chat(
  people: readonly (readonly MeetingSession[])[],
  { everyMs, rounds }: { readonly everyMs: number; readonly rounds: number },
  counts: Counts,
): Promise<void> {
  const talks = people.map(async (inside, index) => {
    await after(everyMs * index / people.length);
    const said: Promise<void>[] = [];
    for (let round = 0; round < rounds; round++) {
      const speaker = inside[round % inside.length];
      if (speaker !== undefined) said.push(say(speaker, inside.filter((one) => one !== speaker), counts));
      await after(everyMs);
    }
    await Promise.all(said);
  });
  await Promise.all(talks);
}

async function say(
  speaker: MeetingSession,
  others: readonly MeetingSession[],
  counts: Counts,
): Promise<void> {
  const text = crypto.randomUUID();
  const begunMs = performance.now();
  const heard = others.map(async (other) => {
    if (await hears(other, text)) counts.deliveries.push(performance.now() - begunMs);
    else counts.lost.deliveries++;
  });
  const answer = await speaker.sendChat(text);
  if (answer.ok) counts.answers.push(performance.now() - begunMs);
  else counts.lost.answers++;
  await Promise.all(heard);
}

/** Whether a message reaches a participant in time. */
function hears({ state }: MeetingSession, text: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), deliveryPatienceMs);
  const forget = state.subscribe(({ chat }) => {
    if (chat.at(-1)?.text === text || chat.some((message) => message.text === text)) resolve(true);
  });
  return promise.finally(() => {
    clearTimeout(timer);
    forget();
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
