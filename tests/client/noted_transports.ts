import { deadline } from "@std/async";
import type {
  Direction,
  MediaEngine,
  MediaTransports,
  MediaTransportsOptions,
} from "../../shared/client/media/media_transports.ts";
import type { Consumer, MediaSource, PacketCount, Transports } from "../../shared/protocol/signaling.ts";
import { ReceivedTrack } from "./received_track.ts";
import { transportOf } from "../meeting/routing/support/samples.ts";

/** Transports that note what they are told. */
export class NotedTransports implements MediaTransports {
  readonly told: string[] = [];
  /** The sources that were paused, resumed and stopped. */
  readonly switched: string[] = [];
  usable = true;
  /** What has arrived. */
  packets: PacketCount[] = [];
  /** The tracks of what is received, by the consumer's id. */
  readonly tracks = new Map<string, ReceivedTrack>();
  /** Whether what is received from now on waits for its first packet. */
  isWaiting = false;
  /** Resolved once a direction carries. */
  readonly carrying = { send: Promise.withResolvers<void>(), recv: Promise.withResolvers<void>() };
  /** The directions that somebody waits for, until these are aborted. */
  readonly awaited: Partial<Record<Direction, AbortSignal>> = {};
  readonly restarted = Promise.withResolvers<void>();
  /** Resolved once what is received has been set up. */
  readonly settingUp = Promise.withResolvers<void>();
  readonly #options: MediaTransportsOptions;
  readonly #waiting: (() => void)[] = [];

  constructor(options: MediaTransportsOptions) {
    this.#options = options;
  }

  /** Resolves once they were told so much; rejects where they aren't for long. */
  async hasTold(count: number): Promise<void> {
    while (this.told.length < count) {
      await deadline(new Promise<void>((resolve) => this.#waiting.push(resolve)), 10_000);
    }
  }

  receive(consumers: readonly Consumer[]): Promise<void> {
    for (const consumer of consumers) {
      const track = new ReceivedTrack(consumer.kind);
      if (!this.isWaiting) track.arrive();
      this.tracks.set(consumer.consumer_id, track);
      this.#options.onTracks([{ consumer, track }]);
    }
    return this.settingUp.promise;
  }
  drop(consumerIds: readonly string[]): void {
    if (consumerIds.length > 0) this.#note(`drop ${consumerIds}`);
  }
  demand(producerId: string, maxLayer: number | null): void {
    this.#note(`${producerId} up to ${maxLayer}`);
  }
  isUsable(): boolean {
    return this.usable;
  }
  goOn(consumers: readonly Consumer[]): Promise<void> {
    this.#note(`go on with ${consumers.length}`);
    return Promise.resolve();
  }
  received(): Promise<PacketCount[]> {
    return Promise.resolve(this.packets);
  }
  restartReceiving(): void {
    this.#note("restart receiving");
    this.restarted.resolve();
  }
  setHushed(hushed: boolean): void {
    this.#note(hushed ? "hush" : "speak");
  }
  send(source: string, _track: MediaStreamTrack, paused: boolean): void {
    this.#note(`${source} ${paused ? "paused" : "on"}`);
  }
  setPaused(source: string, paused: boolean): void {
    this.switched.push(`${source} ${paused ? "paused" : "on"}`);
  }
  replaceTrack(source: string): void {
    this.switched.push(`${source} changed`);
  }
  stop(source: string): void {
    this.switched.push(`${source} stopped`);
  }
  carries(direction: Direction, signal: AbortSignal): Promise<void> {
    this.awaited[direction] = signal;
    return this.carrying[direction].promise;
  }
  end(direction: Direction): void {
    this.#note(`${direction} ended`);
  }
  stats(): Promise<RTCStatsReport> {
    return Promise.resolve(new Map());
  }
  find(direction: Direction, isOpen: boolean): void {
    this.#options.onPath(direction, isOpen);
  }
  break(): void {
    this.#options.onBroken();
  }
  fail(source: MediaSource): void {
    this.#options.onSendFailure(source, { code: "SEND_FAILED", message: "The device could not be used." });
  }
  close(): void {
    this.#note("closed");
  }

  #note(what: string): void {
    this.told.push(what);
    for (const look of this.#waiting.splice(0)) look();
  }
}

/** An engine whose transports set up at once what they receive, but for the `slow`-th ones. */
export function startEngine({ slow }: { slow?: number } = {}) {
  const opened: NotedTransports[] = [];
  const waiting: (() => void)[] = [];
  const media: MediaEngine = {
    rtpCapabilities: { codecs: [], headerExtensions: [] },
    open(options) {
      const transports = new NotedTransports(options);
      opened.push(transports);
      if (opened.length !== slow) transports.settingUp.resolve();
      for (const look of waiting.splice(0)) look();
      return transports;
    },
  };
  /** Resolves once so many transports were opened. */
  async function hasOpened(count: number): Promise<void> {
    while (opened.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  }
  return { media, opened, hasOpened };
}

export function transportsOf(name: string): Transports {
  return { send: transportOf(`${name}-send`), recv: transportOf(`${name}-recv`) };
}
