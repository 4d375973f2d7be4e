import type { Ticket } from "../protocol/rest.ts";
import type { Notification, Transports } from "../protocol/signaling.ts";
import { type Clock, wallClock } from "../actor/clock.ts";
import { errorWords } from "./error_words.ts";
import type { MediaEngine, MediaTransports } from "./media/media_transports.ts";
import { connectSignaling, type OpenSocket, type Signaling, type SignalingEnd } from "./signaling.ts";
import { createStore, type Store } from "./store.ts";

/** The ways of sound and picture. */
const paths = ["udp", "tcp", "relay"] as const;
export type TestPath = (typeof paths)[number];
export const testLines = ["server", ...paths, "send", "receive"] as const;
export type TestLine = (typeof testLines)[number];

export interface LineResult {
  readonly outcome:
    | "waiting"
    | "testing"
    | "works"
    | "fails"
    /** There is none to test. */
    | "not_set_up"
    /** What comes before it failed, or the test was ended. */
    | "not_tested";
  /** How long it took; of the server a round trip. */
  readonly ms?: number;
  /** For whoever runs the server: addresses, codes. */
  readonly detail?: string;
}

export interface TestState {
  readonly lines: Readonly<Record<TestLine, LineResult>>;
  readonly isOver: boolean;
  /** Why the test could not begin or go on, in words. */
  readonly refusal?: string;
}

export interface TestOptions {
  ticket: Ticket;
  engine: MediaEngine;
  /** A sound that is sent; it comes back to nobody else. */
  sound: MediaStreamTrack;
  clock?: Clock;
  openSocket?: OpenSocket;
}

export interface RunningTest {
  state: Store<TestState>;
  /** Ends it before its time; what wasn't tested stays so. */
  cancel(): void;
  /** Resolves when it is over. */
  over: Promise<void>;
}

const PATH_PATIENCE_MS = 5_000;
const MEDIA_PATIENCE_MS = 3_000;
const LOOK_MS = 200;

const untested: LineResult = { outcome: "waiting" };

/** Tests how this client reaches a meeting's servers, without joining the meeting. */
export function testConnection(
  { ticket, engine, sound, clock = wallClock(), openSocket }: TestOptions,
): RunningTest {
  const lines = {
    server: untested,
    udp: untested,
    tcp: untested,
    relay: untested,
    send: untested,
    receive: untested,
  };
  const state = createStore<TestState>({ lines, isOver: false });
  const ended = Promise.withResolvers<SignalingEnd>();
  let hasEnded = false;
  let hear = (_: Notification) => {};
  let media: MediaTransports | undefined;
  const signaling: Signaling = connectSignaling({
    url: ticket.signaling_url,
    token: ticket.token,
    clock,
    ...(openSocket ? { openSocket } : {}),
    onNotification: (notification) => hear(notification),
    onEnd(end) {
      hasEnded = true;
      ended.resolve(end);
    },
  });
  const isOver = () => state.get().isOver;

  function note(line: TestLine, result: LineResult): void {
    // What fails with the connection that tests it was not tested.
    if (isOver() || hasEnded && line !== "server" && result.outcome === "fails") return;
    state.update((before) => ({ ...before, lines: { ...before.lines, [line]: result } }));
  }

  /** Whether `happened` comes in time, and before the connection's or the test's end. */
  function within(happened: Promise<boolean>, ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = clock.set(() => resolve(false), ms);
    happened.then(resolve);
    ended.promise.then(() => resolve(false));
    return promise.finally(cancel);
  }

  async function open(): Promise<Transports | undefined> {
    const answer = await signaling.request("test.open", { rtp_capabilities: engine.rtpCapabilities });
    if (answer.ok) return answer.value.transports;
    const refusal = errorWords(answer.error);
    if (answer.error.code !== "CLOSED" && !isOver()) state.update((before) => ({ ...before, refusal }));
    return undefined;
  }

  async function testServer(): Promise<Transports | undefined> {
    note("server", { outcome: "testing" });
    const given = await open();
    const askedMs = clock.now();
    // A refused test is an answer, too.
    const pong = await signaling.request("session.ping", {});
    if (pong.ok) note("server", { outcome: "works", ms: clock.now() - askedMs });
    else note("server", { outcome: "fails", detail: (await ended.promise).reason });
    return given;
  }

  /** Answers whether there is a path of this kind. Over the first one it is tried to send and to receive. */
  async function testPath(path: TestPath, given: Transports, withMedia: boolean): Promise<boolean> {
    const begunMs = clock.now();
    const connected = Promise.withResolvers<boolean>();
    const isRelay = path === "relay";
    const transports = isRelay ? given : { send: by(path, given.send), recv: by(path, given.recv) };
    const detail = addressesOf(transports, ticket, isRelay);
    const opened = engine.open({
      transports,
      iceServers: () => isRelay ? ticket.ice_servers : [],
      relayOnly: isRelay,
      clock,
      ask: signaling.request,
      onTracks() {},
      onPath: (direction, isOpen) => direction === "send" && connected.resolve(isOpen),
      onBroken: () => connected.resolve(false),
      onSendFailure: () => connected.resolve(false),
    });
    media = opened;
    hear = ({ type, data }) => {
      if (type === "media.consumers") void opened.receive(data.added);
    };
    opened.send("microphone", sound, false);
    const works = await within(connected.promise, PATH_PATIENCE_MS);
    note(
      path,
      works ? { outcome: "works", ms: clock.now() - begunMs, detail } : { outcome: "fails", detail },
    );
    if (works && withMedia) await testMedia(opened);
    hear = () => {};
    opened.close();
    media = undefined;
    return works;
  }

  async function testMedia(opened: MediaTransports): Promise<void> {
    const begunMs = clock.now();
    const grows = async (count: () => Promise<number>): Promise<boolean> => {
      while (clock.now() - begunMs < MEDIA_PATIENCE_MS && !isOver()) {
        if (await count() > 0) return true;
        await new Promise<void>((resolve) => clock.set(resolve, LOOK_MS));
      }
      return false;
    };
    const result = (works: boolean): LineResult =>
      works ? { outcome: "works", ms: clock.now() - begunMs } : { outcome: "fails" };
    note("send", { outcome: "testing" });
    const sends = await within(grows(async () => sentIn(await opened.stats("send"))), MEDIA_PATIENCE_MS);
    note("send", result(sends));
    note("receive", { outcome: "testing" });
    const received = async () => (await opened.received()).reduce((sum, { packets }) => sum + packets, 0);
    note("receive", result(await within(grows(received), MEDIA_PATIENCE_MS)));
  }

  async function run(): Promise<void> {
    let given = await testServer();
    // What refuses a test refuses it for every way.
    if (!given) return finish();
    let hasPath = false;
    for (const path of paths) {
      if (path === "relay" && ticket.ice_servers.length === 0) {
        note("relay", { outcome: "not_set_up" });
        continue;
      }
      if (isOver()) return;
      given ??= await open();
      if (!given) break;
      note(path, { outcome: "testing" });
      hasPath = await testPath(path, given, !hasPath) || hasPath;
      given = undefined;
    }
    finish();
  }

  function finish(): void {
    if (isOver()) return;
    const lines = { ...state.get().lines };
    for (const line of testLines) {
      const { outcome } = lines[line];
      if (outcome === "waiting" || outcome === "testing") lines[line] = { outcome: "not_tested" };
    }
    state.update((before) => ({ ...before, lines, isOver: true }));
    media?.close();
    signaling.close();
  }

  return { state, cancel: finish, over: run() };
}

/** A transport that can be reached by one protocol alone. */
function by(protocol: "udp" | "tcp", transport: Transports["send"]): Transports["send"] {
  return { ...transport, iceCandidates: transport.iceCandidates.filter((one) => one.protocol === protocol) };
}

function addressesOf({ send }: Transports, { ice_servers }: Ticket, isRelay: boolean): string {
  const addresses = isRelay
    ? ice_servers.flatMap(({ urls }) => urls)
    : send.iceCandidates.map(({ ip, address, port, protocol }) => `${protocol} ${address ?? ip}:${port}`);
  return [...new Set(addresses)].join(", ");
}

function sentIn(stats: RTCStatsReport): number {
  let packets = 0;
  for (const report of stats.values()) if (report.type === "outbound-rtp") packets += report.packetsSent;
  return packets;
}
