import { type Clock, wallClock } from "../../../shared/actor/clock.ts";
import type { SessionState } from "../../../shared/client/session_state.ts";

/** What others have done since it was last told, each by their name. */
interface News {
  wrote: string[];
  raised: string[];
  joined: string[];
  left: string[];
  knocked: string[];
  /** Whether one is the only one who is left. */
  isAlone: boolean;
}

/** A piece of news, in words around somebody's name; it stands for itself where there is none. */
export interface Announcement {
  before: string;
  name?: string;
  after?: string;
}

export interface NewsTeller {
  /** Takes the meeting as it is now. `isChatOpen`: new messages are read where they appear. */
  hear(state: SessionState, isChatOpen: boolean): void;
  stop(): void;
}

/** What comes within this time is told as one: a class comes in at once. */
const GATHER_MS = 1_000;
/** Long enough to be read out; after that it is no news to whoever looks through the page. */
const KEPT_MS = 10_000;

/** Tells what others do in a meeting, for those who don't see it; nothing of what was there at the entry, but who knocks. */
export function createNewsTeller(
  tell: (news: readonly Announcement[]) => void,
  clock: Clock = wallClock(),
): NewsTeller {
  let known: SessionState | undefined;
  let gathered = noNews();
  let isGathering = false;
  let cancel = () => {};

  function flush(): void {
    isGathering = false;
    tell(announcements(gathered));
    gathered = noNews();
    cancel = clock.set(() => tell([]), KEPT_MS);
  }

  return {
    hear(state, isChatOpen) {
      // What was missed while the connection was away is told once it is back.
      if (state.phase !== "joined") return;
      if (known) gather(gathered, known, state, isChatOpen);
      gatherKnocks(gathered, known?.waiting ?? [], state.waiting);
      known = state;
      if (isGathering || announcements(gathered).length === 0) return;
      isGathering = true;
      cancel();
      cancel = clock.set(flush, GATHER_MS);
    },
    stop: () => cancel(),
  };
}

function noNews(): News {
  return { wrote: [], raised: [], joined: [], left: [], knocked: [], isAlone: false };
}

function gather(news: News, before: SessionState, now: SessionState, isChatOpen: boolean): void {
  if (before.chat !== now.chat && !isChatOpen) {
    const known = new Set(before.chat.map(({ message_id }) => message_id));
    const written = now.chat.filter(({ message_id, from }) => !known.has(message_id) && from !== now.selfId);
    news.wrote.push(...written.map(({ display_name }) => display_name));
  }
  if (before.participants === now.participants) return;
  const were = new Map(before.participants.map((person) => [person.participant_id, person]));
  for (const { participant_id, display_name, hand_raised } of now.participants) {
    const known = were.get(participant_id);
    were.delete(participant_id);
    if (participant_id === now.selfId) continue;
    if (!known) news.joined.push(display_name);
    if (hand_raised && known?.hand_raised !== true) news.raised.push(display_name);
  }
  for (const { participant_id, display_name } of were.values()) {
    if (participant_id !== now.selfId) news.left.push(display_name);
  }
  news.isAlone = before.participants.length > 1 && now.participants.length === 1;
}

function gatherKnocks(news: News, before: SessionState["waiting"], now: SessionState["waiting"]): void {
  if (before === now) return;
  const known = new Set(before.map(({ participant_id }) => participant_id));
  const came = now.filter(({ participant_id }) => !known.has(participant_id));
  news.knocked.push(...came.map(({ display_name }) => display_name));
}

function announcements({ wrote, raised, joined, left, knocked, isAlone }: News): Announcement[] {
  return [
    ...messages(wrote),
    ...people(raised, "raised a hand"),
    ...people(joined, "joined"),
    ...people(left, "left"),
    ...people(knocked, "waits to be let in", "wait to be let in"),
    ...(isAlone ? [{ before: "You are the only one here" }] : []),
  ];
}

function messages(from: readonly string[]): Announcement[] {
  const [name] = from;
  if (name === undefined) return [];
  if (from.some((other) => other !== name)) return [{ before: `${from.length} new messages` }];
  return [{ before: from.length === 1 ? "Message from " : `${from.length} messages from `, name }];
}

function people(names: readonly string[], did: string, allDid = did): Announcement[] {
  const [name] = names;
  if (name === undefined) return [];
  return names.length === 1
    ? [{ before: "", name, after: ` ${did}` }]
    : [{ before: `${names.length} people ${allDid}` }];
}
