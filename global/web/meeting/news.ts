import { type Clock, wallClock } from "../../../shared/actor/clock.ts";
import type { SessionState } from "../../../shared/client/session_state.ts";

/** What others have done since it was last told, each by their name. */
interface News {
  wrote: string[];
  raised: string[];
  joined: string[];
  left: string[];
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

/** Tells what others do in a meeting, for those who don't see it; nothing of what was there at the entry. */
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
      known = state;
      if (isGathering || Object.values(gathered).every(({ length }) => length === 0)) return;
      isGathering = true;
      cancel();
      cancel = clock.set(flush, GATHER_MS);
    },
    stop: () => cancel(),
  };
}

function noNews(): News {
  return { wrote: [], raised: [], joined: [], left: [] };
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
}

function announcements({ wrote, raised, joined, left }: News): Announcement[] {
  return [
    ...messages(wrote),
    ...people(raised, "raised a hand"),
    ...people(joined, "joined"),
    ...people(left, "left"),
  ];
}

function messages(from: readonly string[]): Announcement[] {
  const [name] = from;
  if (name === undefined) return [];
  if (from.some((other) => other !== name)) return [{ before: `${from.length} new messages` }];
  return [{ before: from.length === 1 ? "Message from " : `${from.length} messages from `, name }];
}

function people(names: readonly string[], did: string): Announcement[] {
  const [name] = names;
  if (name === undefined) return [];
  return names.length === 1
    ? [{ before: "", name, after: ` ${did}` }]
    : [{ before: `${names.length} people ${did}` }];
}
