import type { types } from "mediasoup-client";
import type { RtpCapabilities } from "../../protocol/rtp.ts";
import type { IceServer } from "../../protocol/rest.ts";
import type {
  Consumer,
  MediaSource,
  PacketCount,
  RequestAnswer,
  RequestData,
  RequestType,
  Transport,
  Transports,
} from "../../protocol/signaling.ts";
import type { Clock } from "../../actor/clock.ts";
import type { Failure, Result } from "../../actor/result.ts";

/** What the transports need of the connection they belong to. */
export type Ask = <T extends RequestType>(type: T, data: RequestData<T>) => Promise<Result<RequestAnswer<T>>>;

export interface MediaTransportsOptions {
  transports: Transports;
  /** The newest: an ICE restart may come after the credentials of the start have expired. */
  iceServers(): readonly IceServer[];
  /** Packets go by a relay or not at all. */
  relayOnly?: boolean;
  clock: Clock;
  ask: Ask;
  /** A batch of remote tracks is there; media flows after this returned. */
  onTracks(tracks: readonly { consumer: Consumer; track: MediaStreamTrack }[]): void;
  /** Whether packets find a way in one direction; told when that is known, and when it changes. */
  onPath(direction: Direction, isOpen: boolean): void;
  /** Media in one direction does not flow any more and could not be repaired from here. */
  onBroken(): void;
  /** A source of ours could not be sent. */
  onSendFailure(source: MediaSource, failure: Failure): void;
}

export type Direction = "send" | "recv";

/** The two transports of one join, and what goes over them. */
export interface MediaTransports {
  /** Starts receiving: all of a batch in one go, then asks for them to be sent; resolves when that is done. */
  receive(consumers: readonly Consumer[]): Promise<void>;
  drop(consumerIds: readonly string[]): void;
  /** Whether the server may still have both transports connected. */
  isUsable(): boolean;
  /** After a resume that kept the media: asks again what was not answered, and goes on with these consumers alone. */
  goOn(consumers: readonly Consumer[]): Promise<void>;
  /** How many packets of each consumer have arrived since its start. */
  received(): Promise<PacketCount[]>;
  /** Restarts ICE for receiving: the server says that nothing arrives of what it sends. */
  restartReceiving(): void;
  /** Nothing is sent while hushed: whoever believes to be gone must not be heard. */
  setHushed(hushed: boolean): void;
  /**
   * Starts sending a source, or announces it without sending anything while it is paused. Does nothing with one that is
   * sent already.
   */
  send(source: MediaSource, track: MediaStreamTrack, paused: boolean): void;
  setPaused(source: MediaSource, paused: boolean): void;
  replaceTrack(source: MediaSource, track: MediaStreamTrack): void;
  stop(source: MediaSource): void;
  /** Sends a picture's layers up to this one; null for none of them. */
  demand(producerId: string, maxLayer: number | null): void;
  /**
   * Resolves once a direction carries what it is to: what is received has been set up, and is asked for over a connected
   * path; packets of each source that is sent have left. Nobody waits any more once `signal` is aborted: then it may
   * resolve earlier, or never.
   */
  carries(direction: Direction, signal: AbortSignal): Promise<void>;
  /** Closes one direction. */
  end(direction: Direction): void;
  /** WebRTC statistics of a direction. */
  stats(direction: Direction): Promise<RTCStatsReport>;
  /** Closes the transports; the local tracks live on. */
  close(): void;
}

/** Makes transports; the browser's is `createMediaEngine`, and signaling-only clients have none. */
export interface MediaEngine {
  rtpCapabilities: RtpCapabilities;
  open(options: MediaTransportsOptions): MediaTransports;
}

export type ClientTransport = types.Transport;
export type ClientProducer = types.Producer;
export type ClientConsumer = types.Consumer;
export type TransportParameters = Transport;
