import type { Ticket } from "../protocol/rest.ts";
import type {
  Admitted,
  Consumer,
  JoinAnswer,
  Layout,
  MediaSource,
  Notification,
  RequestAnswer,
  RequestData,
  SourceState,
} from "../protocol/signaling.ts";
import type { Api } from "./api.ts";
import { type Clock, wallClock } from "../actor/clock.ts";
import { type Binding, type Connection, createConnection } from "./connection.ts";
import { errorWords } from "./error_words.ts";
import { keepLayout } from "./layout_keeper.ts";
import { createLocalSources, type SourceSwitches } from "./local_sources.ts";
import { joinTriesWords, lossWords } from "./loss_words.ts";
import type { Direction, MediaEngine, MediaTransports } from "./media/media_transports.ts";
import { createRebuilder } from "./media/rebuilder.ts";
import { createRemoteStreams } from "./media/remote_streams.ts";
import { type ReplacedTransports, replaceTransports } from "./media/replaced_transports.ts";
import { startReporting } from "./media/report_media.ts";
import {
  afterEntry,
  afterNotification,
  initialState,
  maySend,
  type RemoteStream,
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

/**
 * After this time without a connection the client stops sending. The server has paused its media by then, and told the
 * others.
 */
const HUSH_AFTER_MS = 12_000;

/** Joins a meeting; what happens is told by `state`. */
export function joinMeeting(options: SessionOptions): MeetingSession {
  const clock = options.clock ?? wallClock();
  const state = createStore<SessionState>({
    ...initialState,
    phase: "joining",
    local: new Map([...options.local ?? []].map(([source, track]) => [source, { track, paused: false }])),
  });
  let transports: MediaTransports | undefined;
  let replaced: ReplacedTransports | undefined;
  let cancelHush = () => {};
  let hasEntered = false;
  /** What the latest resume said of our sources. */
  let said: readonly SourceState[] = [];

  const streams = createRemoteStreams(state);

  const rebuilder = createRebuilder({
    clock,
    inUse: () => transports,
    resume: () => connection.restart("mediaBroken"),
    onPutOff() {
      setBlocked("send", true);
      setBlocked("recv", true);
    },
  });

  const layout = keepLayout({
    layout: options.layout,
    request: (type, data) => connection.request(type, data),
    clock,
    onAnswer: ({ assignments }) => state.update((before) => ({ ...before, assignments })),
  });

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
      said = sources;
      const keeps = transports !== undefined && !rebuilder.isBroken(transports) && transports.isUsable();
      return { sources, ...(keeps ? { keep_media: true } : {}) };
    },
    onEntry: enter,
    onNotification: hear,
    onLoss(why) {
      if (!hasEntered) return state.update((before) => ({ ...before, loss: joinTriesWords(why) }));
      cancelHush = clock.set(() => transports?.setHushed(true), HUSH_AFTER_MS);
      state.update((before) => ({ ...before, phase: "reconnecting", loss: lossWords(why) }));
    },
    onEnding(ending) {
      cancelHush();
      rebuilder.stop();
      layout.stop();
      closeTransports();
      state.update((before) => ({ ...before, phase: "ended", ending, streams: new Map() }));
    },
  });

  const sources = createLocalSources({
    state,
    transports: () => transports,
    former: () => replaced?.sending,
  });

  const reporting = options.media && startReporting({
    clock,
    ask: connection.request,
    transports: () => state.get().phase === "joined" ? transports : undefined,
  });

  function closeTransports(): void {
    reporting?.stop();
    streams.clear();
    transports?.close();
    replaced?.close();
    transports = replaced = undefined;
  }

  function enter(answer: JoinAnswer | Admitted): void {
    cancelHush();
    const isBack = state.get().phase === "reconnecting";
    const silenced = sources.startMuted(answer.start_muted ?? []);
    if (answer.media_kept) goOn(answer.consumers);
    else if (answer.transports) openTransports(answer.transports, answer.consumers);
    state.update((before) => afterEntry(before, answer));
    if (answer.state === "joined") followHosts(isBack, silenced);
    if (options.binding && !hasEntered) closeFormerScreen(answer);
    hasEntered = true;
    layout.enter();
  }

  /** What hosts switched off while nothing could be told is off here, too. Whoever comes back believes it to be on. */
  function followHosts(isBack: boolean, silenced: readonly MediaSource[]): void {
    const [source] = [...silenced, ...sources.stopForbidden(), ...sources.pauseSilenced(said)];
    if (source === undefined || !isBack) return;
    state.update((before) => {
      const moderation = { kind: "muted", source, mayUnmute: maySend(before, source) } as const;
      return { ...before, moderation };
    });
  }

  /** A screen doesn't outlive the page that shared it. The others would see its last picture for a while. */
  function closeFormerScreen({ participants }: JoinAnswer | Admitted): void {
    const self = participants.find(({ participant_id }) => participant_id === state.get().selfId);
    for (const { source, producer_id } of self?.sources ?? []) {
      if (source.startsWith("screen")) void connection.request("media.close", { producer_id });
    }
  }

  /** The media went on while the connection was away. */
  function goOn(consumers: readonly Consumer[]): void {
    transports?.setHushed(false);
    transports?.goOn(consumers);
    streams.keep(new Set(consumers.map(({ consumer_id }) => consumer_id)));
  }

  function openTransports(
    given: NonNullable<JoinAnswer["transports"]>,
    consumers: readonly Consumer[],
  ): void {
    if (!options.media) return;
    const former = transports && { transports, earlier: replaced };
    const opened: MediaTransports = options.media.open({
      transports: given,
      iceServers: connection.ticket().ice_servers,
      clock,
      ask: connection.request,
      onTracks: (tracks) => addTracks(opened, tracks),
      onPath: (direction, isOpen) => {
        if (opened === transports) setBlocked(direction, !isOpen);
      },
      onBroken: () => rebuilder.rebuild(opened),
      onSendFailure(source, failure) {
        if (opened !== transports) return;
        sources.forget(source);
        state.update((before) => ({ ...before, notice: errorWords(failure) }));
      },
    });
    transports = opened;
    if (former !== undefined) streams.gather();
    replaced = former &&
      replaceTransports({ former, newer: opened, clock, onReceived: streams.showGathered });
    const send = () => {
      if (opened !== transports) return;
      sources.sendOver(opened);
      // Transports with nothing to carry look for no path, and find none.
      if (state.get().local.size === 0) setBlocked("send", false);
      replaced?.endOnceCarried("send");
    };
    // Both compete for the same threads of the browser. A newcomer waits to see; after a loss or a move the others wait, and
    // what they see of us takes longer than what we see of them.
    if (former === undefined) opened.receive(consumers).then(send);
    else {
      send();
      opened.receive(consumers);
    }
    if (consumers.length > 0) return replaced?.endOnceCarried("recv");
    setBlocked("recv", false);
    replaced?.end("recv");
  }

  function addTracks(
    from: MediaTransports,
    tracks: readonly { consumer: Consumer; track: MediaStreamTrack }[],
  ): void {
    if (from !== transports) return;
    streams.add(tracks.map(({ consumer, track }): RemoteStream => {
      reporting?.arrived(track);
      const { consumer_id: consumerId, participant_id: participantId, source } = consumer;
      return { consumerId, participantId, source, track };
    }));
  }

  /** Fresh transports may find a way where the former found none: until then it is as it was. */
  function setBlocked(direction: Direction, isBlocked: boolean): void {
    state.update((before) => {
      if (before.blocked.has(direction) === isBlocked) return before;
      const blocked = new Set(before.blocked);
      if (isBlocked) blocked.add(direction);
      else blocked.delete(direction);
      return { ...before, blocked };
    });
  }

  function hear(notification: Notification): void {
    const { type, data } = notification;
    if (type === "admitted") return enter(data);
    if (type === "media.moved") openTransports(data.transports, data.consumers);
    if (type === "media.kept") goOn(data.consumers);
    if (type === "media.excess" && data.closed) return sources.stopAll();
    if (type === "media.demand") transports?.demand(data.producer_id, data.max_layer);
    if (type === "media.consumers") {
      streams.drop(data.removed);
      transports?.drop(data.removed);
      transports?.receive(data.added);
    }
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
    stats: (direction) => transports ? transports.stats(direction) : Promise.resolve(undefined),
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
