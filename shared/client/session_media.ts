import type { IceServer } from "../protocol/rest.ts";
import type { Admitted, Consumer, JoinAnswer, Notification, Transports } from "../protocol/signaling.ts";
import type { Clock } from "../actor/clock.ts";
import { errorWords } from "./error_words.ts";
import { createLocalSources, type LocalSources } from "./local_sources.ts";
import type { Ask, Direction, MediaEngine, MediaTransports } from "./media/media_transports.ts";
import { createRebuilder } from "./media/rebuilder.ts";
import { createRemoteStreams } from "./media/remote_streams.ts";
import { type ReplacedTransports, replaceTransports } from "./media/replaced_transports.ts";
import { startReporting } from "./media/report_media.ts";
import type { RemoteStream, SessionState } from "./session_state.ts";
import type { Store } from "./store.ts";

/** What one session sends and receives, over the transports that the server gave last. */
export interface SessionMedia {
  /** What this participant sends. */
  readonly sources: LocalSources;
  /** The server let us in, at first or again: goes on with the media that it kept, or sets up what it gives. */
  enter(answer: JoinAnswer | Admitted): void;
  /** Does what a notification asks of the transports. The state follows it afterwards. */
  hear(notification: Notification): void;
  /** The connection was lost. Receiving goes on; sending stops after a while. */
  lose(): void;
  /** Whether a resume may ask for the media to be kept. */
  isUsable(): boolean;
  /** WebRTC statistics; undefined while there are no transports. */
  stats(direction: Direction): Promise<RTCStatsReport | undefined>;
  close(): void;
}

interface Options {
  /** Without one there are never any transports. */
  readonly engine: MediaEngine | undefined;
  readonly clock: Clock;
  readonly state: Store<SessionState>;
  readonly ask: Ask;
  /** The newest: credentials for TURN live for minutes. */
  readonly iceServers: () => readonly IceServer[];
  /** Drops the connection and resumes. */
  readonly resume: () => void;
}

/**
 * After this time without a connection the client stops sending. The server has paused its media by then, and told the
 * others.
 */
const HUSH_AFTER_MS = 12_000;

/** Sends what `state.local` says over the newest transports, and shows in `state.streams` what arrives over them. */
export function createSessionMedia(options: Options): SessionMedia {
  const { engine, clock, state, ask, iceServers, resume } = options;
  let transports: MediaTransports | undefined;
  /** What these replace. It may still carry something. */
  let replaced: ReplacedTransports | undefined;
  let cancelHush = () => {};

  const streams = createRemoteStreams(state);
  const sources = createLocalSources({
    state,
    transports: () => transports,
    former: () => replaced?.sending,
  });
  const reporting = engine && startReporting({
    clock,
    ask,
    transports: () => state.get().phase === "joined" ? transports : undefined,
  });
  const rebuilder = createRebuilder({
    clock,
    inUse: () => transports,
    resume,
    onPutOff() {
      setBlocked("send", true);
      setBlocked("recv", true);
    },
  });

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

  /** Makes transports that change nothing here once others are in use. */
  function make(given: Transports, by: MediaEngine): MediaTransports {
    const isInUse = () => made === transports;
    const made: MediaTransports = by.open({
      transports: given,
      iceServers,
      clock,
      ask,
      onTracks(tracks) {
        if (isInUse()) streams.add(tracks.map(streamOf));
      },
      onPath(direction, isOpen) {
        if (isInUse()) setBlocked(direction, !isOpen);
      },
      onBroken: () => rebuilder.rebuild(made),
      onSendFailure(source, failure) {
        if (!isInUse()) return;
        sources.unpublish(source);
        state.update((before) => ({ ...before, notice: errorWords(failure) }));
      },
    });
    return made;
  }

  function streamOf({ consumer, track }: { consumer: Consumer; track: MediaStreamTrack }): RemoteStream {
    reporting?.arrived(track);
    const { consumer_id: consumerId, participant_id: participantId, source } = consumer;
    return { consumerId, participantId, source, track };
  }

  function open(given: Transports, consumers: readonly Consumer[]): void {
    if (!engine) return;
    const former = transports && { transports, earlier: replaced };
    const opened = transports = make(given, engine);
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

  /** The media went on while the connection was away. */
  function goOn(consumers: readonly Consumer[]): void {
    transports?.setHushed(false);
    transports?.goOn(consumers);
    streams.keep(new Set(consumers.map(({ consumer_id }) => consumer_id)));
    // They broke while the resume was under way, which had asked for them before. The session hears of the answer first.
    const kept = transports;
    if (kept && rebuilder.isBroken(kept)) queueMicrotask(() => rebuilder.rebuild(kept));
  }

  return {
    sources,
    enter({ media_kept, transports: given, consumers }) {
      cancelHush();
      if (media_kept) goOn(consumers);
      else if (given) open(given, consumers);
    },
    hear({ type, data }) {
      if (type === "media.moved") open(data.transports, data.consumers);
      if (type === "media.kept") goOn(data.consumers);
      if (type === "media.excess" && data.closed) sources.stopAll();
      if (type === "media.demand") transports?.demand(data.producer_id, data.max_layer);
      if (type === "media.consumers") {
        streams.drop(data.removed);
        transports?.drop(data.removed);
        transports?.receive(data.added);
      }
    },
    lose() {
      cancelHush = clock.set(() => transports?.setHushed(true), HUSH_AFTER_MS);
    },
    isUsable: () => transports !== undefined && !rebuilder.isBroken(transports) && transports.isUsable(),
    stats: (direction) => transports ? transports.stats(direction) : Promise.resolve(undefined),
    close() {
      cancelHush();
      rebuilder.stop();
      reporting?.stop();
      streams.clear();
      transports?.close();
      replaced?.close();
      transports = replaced = undefined;
    },
  };
}
