import type { Ticket } from "../protocol/rest.ts";
import type {
  Admitted,
  JoinAnswer,
  Layout,
  MediaSource,
  Notification,
  RequestAnswer,
  RequestData,
} from "../protocol/signaling.ts";
import type { Api } from "./api.ts";
import { type Clock, wallClock } from "../actor/clock.ts";
import { type Binding, type Connection, createConnection } from "./connection.ts";
import { keepLayout } from "./layout_keeper.ts";
import type { SourceSwitches } from "./local_sources.ts";
import { joinTriesWords, lossWords } from "./loss_words.ts";
import type { Direction, MediaEngine } from "./media/media_transports.ts";
import { createSessionMedia } from "./session_media.ts";
import {
  afterEntry,
  afterLoss,
  afterNotification,
  initialState,
  maySend,
  type SessionState,
} from "./session_state.ts";
import { type Answer, type SessionRequests, sessionRequests } from "./session_requests.ts";
import type { OpenSocket } from "./signaling.ts";
import { createStore, type Store } from "./store.ts";

/** What a participant needs to come back after the page was reloaded. */
export interface Seat {
  readonly binding: Binding;
  /** The meeting token of now. */
  readonly token: string;
}

export interface SessionOptions {
  code: string;
  ticket: Ticket;
  api: Pick<Api, "renewTicket" | "reportUnreachable">;
  layout: Layout;
  /** Of an earlier session: joins as the same participant, if they are still expected back. */
  binding?: Binding;
  displayName?: string;
  /** Left out: signaling only. */
  media?: MediaEngine;
  /** What to send from the start. */
  local?: ReadonlyMap<MediaSource, MediaStreamTrack>;
  clock?: Clock;
  random?: () => number;
  openSocket?: OpenSocket;
  resumeWindowMs?: number;
}

/** One person's part in one meeting, from the click on Join to the end. */
export interface MeetingSession extends SessionRequests, SourceSwitches {
  state: Store<SessionState>;
  setLayout(layout: Layout): void;
  /** What was last asked for. */
  layout(): Layout;
  /** To everybody, or to one participant alone. */
  sendChat(text: string, to?: string): Answer<"chat.send">;
  /** WebRTC statistics; undefined while there are no transports. */
  stats(direction: Direction): Promise<RTCStatsReport | undefined>;
  /** How often a missed notification made the client resume. */
  resyncs(): number;
  dismissNotice(): void;
  dismissModeration(): void;
  /** What another session needs to come back as the same participant; undefined before the join. */
  seat(): Seat | undefined;
  leave(): Promise<void>;
  /** Leaves for a moment, as a page does that is loaded again: the seat is kept for so long. */
  stepOut(backWithinSeconds: number): Promise<void>;
}

/** Joins a meeting; what happens is told by `state`. */
export function joinMeeting(options: SessionOptions): MeetingSession {
  const clock = options.clock ?? wallClock();
  const state = createStore<SessionState>({
    ...initialState,
    phase: "joining",
    local: new Map([...options.local ?? []].map(([source, track]) => [source, { track, paused: false }])),
  });
  let hasEntered = false;

  const layout = keepLayout({
    layout: options.layout,
    request: (type, data) => connection.request(type, data),
    clock,
    onAnswer: ({ assignments }) => state.update((before) => ({ ...before, assignments })),
  });

  const media = createSessionMedia({
    engine: options.media,
    clock,
    state,
    ask: (type, data) => connection.request(type, data),
    iceServers: () => connection.ticket().ice_servers,
    resume: () => connection.restart("mediaBroken"),
  });
  const { sources } = media;

  const connection: Connection = createConnection({
    ...options,
    joinRequest: () => ({
      layout: layout.carry(),
      ...(options.displayName === undefined ? {} : { display_name: options.displayName }),
      ...(options.media ? { rtp_capabilities: options.media.rtpCapabilities } : {}),
    }),
    mediaToResume() {
      if (!options.media) return {};
      const sources = [...state.get().local].map(([source, { paused }]) => ({ source, paused }));
      return { sources, ...(media.isUsable() ? { keep_media: true } : {}) };
    },
    onEntry: enter,
    onNotification: hear,
    onLoss(why) {
      if (!hasEntered) return state.update((before) => ({ ...before, loss: joinTriesWords(why) }));
      media.lose();
      state.update((before) => afterLoss(before, lossWords(why)));
    },
    onEnding(ending) {
      layout.stop();
      media.close();
      state.update((before) => ({ ...before, phase: "ended", ending, streams: new Map() }));
    },
  });

  function enter(answer: JoinAnswer | Admitted): void {
    const isBack = state.get().phase === "reconnecting";
    const silenced = sources.startMuted(answer.start_muted ?? []);
    media.enter(answer);
    state.update((before) => afterEntry(before, answer));
    if (answer.state === "joined") followHosts(isBack, silenced);
    if (!answer.media_kept) closeFormer(answer);
    hasEntered = true;
    layout.enter();
  }

  /** What hosts switched off while nothing could be told is off here, too. Whoever comes back believes it to be on. */
  function followHosts(isBack: boolean, silenced: readonly MediaSource[]): void {
    const [source] = [...silenced, ...sources.stopForbidden()];
    if (source === undefined || !isBack) return;
    state.update((before) => {
      const moderation = { kind: "muted", source, mayUnmute: maySend(before, source) } as const;
      return { ...before, moderation };
    });
  }

  /**
   * Closes what was unpublished while the connection was away: over replaced transports the others would have it for a while
   * still. A page that was loaded again opens its devices anew, but a screen doesn't outlive the page that shared it.
   */
  function closeFormer({ participants }: JoinAnswer | Admitted): void {
    const { selfId, local } = state.get();
    const self = participants.find(({ participant_id }) => participant_id === selfId);
    for (const { source, producer_id } of self?.sources ?? []) {
      const isToFollow = local.has(source) || !hasEntered && !source.startsWith("screen");
      if (!isToFollow) void connection.request("media.close", { producer_id });
    }
  }

  function hear(notification: Notification): void {
    const { type, data } = notification;
    if (type === "admitted") return enter(data);
    media.hear(notification);
    state.update((before) => afterNotification(before, notification));
    if (type === "moderation.muted" && data.muted) sources.setPaused(data.source, true);
    if (type === "meeting.updated" || type === "participant.updated") sources.stopForbidden();
  }

  /** The server may tell it to the others alone; by its id it is shown once either way. */
  function showOwnMessage(
    said: RequestData<"chat.send">,
    { message_id, sent_at }: RequestAnswer<"chat.send">,
  ): void {
    const { selfId, participants } = state.get();
    const self = participants.find(({ participant_id }) => participant_id === selfId);
    if (!self) return;
    const data = { message_id, sent_at, ...said, from: self.participant_id, display_name: self.display_name };
    state.update((before) => afterNotification(before, { type: "chat.message", data }));
  }

  return {
    ...sessionRequests(connection.request),
    state,
    publish: sources.publish,
    setPaused: sources.setPaused,
    unpublish: sources.unpublish,
    layout: layout.wanted,
    setLayout: layout.set,
    async sendChat(text, to) {
      const said = { text, ...(to === undefined ? {} : { to }) };
      const answer = await connection.request("chat.send", said);
      if (answer.ok) showOwnMessage(said, answer.value);
      return answer;
    },
    stats: media.stats,
    resyncs: connection.resyncs,
    dismissNotice() {
      state.update(({ notice: _gone, ...rest }) => rest);
    },
    dismissModeration() {
      state.update(({ moderation: _gone, ...rest }) => rest);
    },
    seat() {
      const binding = connection.binding();
      return binding && { binding, token: connection.ticket().token };
    },
    leave: () => connection.leave(),
    stepOut: (backWithinSeconds) => connection.leave(backWithinSeconds),
  };
}
