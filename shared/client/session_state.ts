import type { MeetingRole } from "../protocol/rest.ts";
import type {
  Admitted,
  Assignment,
  ChatMessage,
  Consumer,
  ConsumerChange,
  EndingReason,
  JoinAnswer,
  MediaSource,
  Notification,
  NotificationData,
  Participant,
  RunningMeeting,
} from "../protocol/signaling.ts";
import type { Ending } from "./endings.ts";
import type { Direction } from "./media/media_transports.ts";

export interface RemoteStream {
  consumerId: string;
  participantId: string;
  source: MediaSource;
  track: MediaStreamTrack;
}

export interface LocalSource {
  track: MediaStreamTrack;
  paused: boolean;
}

export interface Reaction {
  /** Rises with each. */
  number: number;
  participantId: string;
  reaction: string;
}

export type Quality = NotificationData<"quality">["level"];

/** `asked`: to switch the source on. `mayUnmute`: whether we may do that by ourselves. */
export interface ModerationNotice {
  kind: "muted" | "unmuted" | "asked";
  source: MediaSource;
  /** The host's participant id; left out when it was done while the connection was away. */
  by?: string;
  mayUnmute: boolean;
}

/** Everything that a page shows of a meeting; replaced as a whole at each change. */
export interface SessionState {
  phase: "idle" | "joining" | "waiting" | "joined" | "reconnecting" | "ended";
  ending?: Ending;
  selfId?: string;
  role?: MeetingRole;
  meeting?: RunningMeeting;
  /** In the meeting or away for a moment, oneself included, in the order of joining. */
  participants: readonly Participant[];
  /** In the waiting room; empty for those who may not admit. */
  waiting: readonly Participant[];
  chat: readonly ChatMessage[];
  assignments: readonly Assignment[];
  /** Remote media by consumer id. */
  streams: ReadonlyMap<string, RemoteStream>;
  local: ReadonlyMap<MediaSource, LocalSource>;
  /** Consumers whose sender paused them. */
  paused: ReadonlySet<string>;
  /** Consumers for which the connection is too slow: nothing arrives of them. */
  starved: ReadonlySet<string>;
  activeSpeaker?: string;
  /** The latest, in their order. */
  reactions: readonly Reaction[];
  /** How well the others are received, as far as the server has said so. */
  quality: ReadonlyMap<string, Quality>;
  /** What a host last did to a source of ours, or asked us to do. */
  moderation?: ModerationNotice;
  /** The directions in which no packet of sound or picture finds a way. */
  blocked: ReadonlySet<Direction>;
  /** The end of the meeting by itself, and when (RFC 3339). */
  endsBy?: { reason: EndingReason; at: string };
  /** Why the connection is being restored, or joining takes more than one try, in words. */
  loss?: string;
  /** Something that went wrong and did not end the meeting, in words. */
  notice?: string;
}

export const initialState: SessionState = {
  phase: "idle",
  participants: [],
  waiting: [],
  chat: [],
  assignments: [],
  streams: new Map(),
  local: new Map(),
  paused: new Set(),
  starved: new Set(),
  reactions: [],
  quality: new Map(),
  blocked: new Set(),
};

const CHAT_KEPT = 200;
const REACTIONS_KEPT = 20;

function byJoining(a: Participant, b: Participant): number {
  return a.joined_at < b.joined_at ? -1 : a.joined_at > b.joined_at ? 1 : 0;
}

function without(list: readonly Participant[], id: string): Participant[] {
  return list.filter(({ participant_id }) => participant_id !== id);
}

function withParticipant(state: SessionState, participant: Participant): SessionState {
  const id = participant.participant_id;
  const isWaiting = participant.state === "waiting";
  const participants = without(state.participants, id);
  const waiting = without(state.waiting, id);
  (isWaiting ? waiting : participants).push(participant);
  const self = id === state.selfId ? { role: participant.role } : {};
  return listed({
    ...state,
    ...self,
    participants: participants.sort(byJoining),
    waiting: waiting.sort(byJoining),
  });
}

/** The list of who waits ends with the right to admit them. */
function listed(state: SessionState): SessionState {
  return state.waiting.length === 0 || mayAdmit(state) ? state : { ...state, waiting: [] };
}

function withoutParticipant(state: SessionState, id: string): SessionState {
  const streams = new Map([...state.streams].filter(([, stream]) => stream.participantId !== id));
  return {
    ...state,
    participants: without(state.participants, id),
    waiting: without(state.waiting, id),
    quality: new Map([...state.quality].filter(([participantId]) => participantId !== id)),
    streams: streams.size === state.streams.size ? state.streams : streams,
  };
}

function withChat(state: SessionState, message: ChatMessage): SessionState {
  if (state.chat.some(({ message_id }) => message_id === message.message_id)) return state;
  return { ...state, chat: [...state.chat, message].slice(-CHAT_KEPT) };
}

function pausedIds(consumers: readonly Consumer[]): string[] {
  return consumers.filter(({ paused }) => paused).map(({ consumer_id }) => consumer_id);
}

function withConsumers(
  state: SessionState,
  added: readonly Consumer[],
  removed: readonly string[],
  changed: readonly ConsumerChange[],
): SessionState {
  const paused = new Set([...state.paused, ...pausedIds(added)]);
  const starved = new Set(state.starved);
  for (const change of changed) {
    if (change.paused === true) paused.add(change.consumer_id);
    if (change.paused === false) paused.delete(change.consumer_id);
    if (change.layers === null) starved.add(change.consumer_id);
    else if (change.layers !== undefined) starved.delete(change.consumer_id);
  }
  const streams = new Map(state.streams);
  for (const id of removed) {
    paused.delete(id);
    starved.delete(id);
    streams.delete(id);
  }
  return { ...state, paused, starved, streams: removed.length > 0 ? streams : state.streams };
}

/** What stands still of the consumers that there are. Those for which bandwidth doesn't suffice are told afterwards. */
function stillOf(consumers: readonly Consumer[]): Pick<SessionState, "paused" | "starved"> {
  return { paused: new Set(pausedIds(consumers)), starved: new Set() };
}

/**
 * What stands still of the consumers of fresh transports, and of the streams of those before them, which are shown meanwhile.
 */
function stillAfter(
  { paused, starved, streams }: SessionState,
  consumers: readonly Consumer[],
): Pick<SessionState, "paused" | "starved"> {
  const shown = (ids: ReadonlySet<string>) => [...ids].filter((id) => streams.has(id));
  return { paused: new Set([...shown(paused), ...pausedIds(consumers)]), starved: new Set(shown(starved)) };
}

/** Whether we may admit: hosts may; while none is in, members. */
export function mayAdmit({ role, selfId, participants }: SessionState): boolean {
  if (role === "host") return true;
  const self = participants.find(({ participant_id }) => participant_id === selfId);
  return self?.participant_type === "member" && !participants.some((one) => one.role === "host");
}

/** Whether we may send a source: no host has muted it, and the meeting permits it. Hosts may send everything. */
export function maySend({ role, selfId, meeting, participants }: SessionState, source: MediaSource): boolean {
  const self = participants.find(({ participant_id }) => participant_id === selfId);
  const permission = source === "screen_audio" ? "screen" : source;
  if (self?.muted_sources?.some((muted) => muted === source || muted === permission)) return false;
  return role === "host" || meeting === undefined || meeting.permissions[permission];
}

/** The state after the server let us in: at a join, a resume, or from the waiting room. */
export function afterEntry(state: SessionState, answer: JoinAnswer | Admitted): SessionState {
  // Whoever speaks now, and an end that is still to come, is told anew. So is how the others are received.
  const { notice: _gone, loss: _over, endsBy: _told, activeSpeaker: _spoke, ...rest } = state;
  // Until it is known what becomes of our media, it stays as it is.
  const { assignments, paused, starved } = answer.media_pending ? state : {
    assignments: answer.assignments,
    ...(answer.transports ? stillAfter(state, answer.consumers) : stillOf(answer.consumers)),
  };
  return {
    ...rest,
    phase: answer.state,
    ...("participant_id" in answer ? { selfId: answer.participant_id } : {}),
    role: answer.role,
    meeting: answer.meeting,
    participants: answer.participants.filter(({ state }) => state !== "waiting").sort(byJoining),
    waiting: answer.participants.filter(({ state }) => state === "waiting").sort(byJoining),
    chat: answer.chat.slice(-CHAT_KEPT),
    assignments,
    paused,
    starved,
    quality: new Map(),
  };
}

/** The state after the connection was lost, which `loss` says in words. Who speaks, and how well, isn't known any more. */
export function afterLoss({ activeSpeaker: _spoke, ...rest }: SessionState, loss: string): SessionState {
  return { ...rest, phase: "reconnecting", loss, quality: new Map() };
}

/** The state after a notification; media itself (tracks, transports) is the session's matter. */
export function afterNotification(state: SessionState, { type, data }: Notification): SessionState {
  switch (type) {
    case "participant.joined":
    case "participant.updated":
    case "participant.waiting":
      return withParticipant(state, data.participant);
    case "participant.left":
    case "waiting.left":
      return listed(withoutParticipant(state, data.participant_id));
    case "admitted":
      return afterEntry(state, data);
    case "layout.assigned":
      return { ...state, assignments: data.assignments };
    case "media.consumers":
      return withConsumers(state, data.added, data.removed, data.changed);
    case "media.moved":
      return { ...state, ...stillAfter(state, data.consumers) };
    case "media.kept":
      return { ...state, ...stillOf(data.consumers) };
    case "chat.message": {
      const { rev: _rev, ...message } = data;
      return withChat(state, message);
    }
    case "speaker.active": {
      const { activeSpeaker: _before, ...rest } = state;
      return data.participant_id === null ? rest : { ...rest, activeSpeaker: data.participant_id };
    }
    case "reaction": {
      const { participant_id: participantId, reaction } = data;
      const number = (state.reactions.at(-1)?.number ?? 0) + 1;
      const reactions = [...state.reactions, { number, participantId, reaction }].slice(-REACTIONS_KEPT);
      return { ...state, reactions };
    }
    case "quality":
      return { ...state, quality: new Map(state.quality).set(data.participant_id, data.level) };
    case "meeting.updated":
      return { ...state, meeting: data.meeting };
    case "meeting.ending": {
      const { endsBy: _before, ...rest } = state;
      const { reason, at } = data;
      return at === null ? rest : { ...rest, endsBy: { reason, at } };
    }
    case "moderation.muted": {
      const { source, by, may_unmute: mayUnmute } = data;
      return { ...state, moderation: { kind: data.muted ? "muted" : "unmuted", source, by, mayUnmute } };
    }
    case "moderation.unmute_asked":
      return { ...state, moderation: { kind: "asked", ...data, mayUnmute: true } };
    default:
      return state;
  }
}
