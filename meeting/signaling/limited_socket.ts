import type { Buffer } from "node:buffer";
import { nextTick } from "node:process";
import { closeCodes, errorFrame } from "../../shared/protocol/mod.ts";
import { skimRequest } from "../../shared/protocol/signaling/skim_request.ts";
import type { ClientListener, ClientSocket, CloseCode, SocketLimits } from "./client_socket.ts";
import { InflowRate } from "./inflow_rate.ts";

/** Everything queued for one connection, in both directions together. */
const maxQueuedBytes = 1024 * 1024;
/** Frames that were sent and that the kernel has not taken. */
const maxUnsentFrames = 2_048;
/** Frames that were received and are not handled. Reading stops here, and goes on at half of it. */
const maxUnhandledFrames = 64;
const maxUnhandledBytes = 256 * 1024;
/** A JavaScript string takes at most two bytes for each UTF-16 unit. */
const bytesOfUnit = 2;

export interface LimitedSocketOptions {
  readonly address: string;
  readonly limits: SocketLimits;
  /** Milliseconds; only differences are used. */
  readonly now: () => number;
  /** Called once, when the client has joined or is gone. */
  readonly onSettled: () => void;
}

/** The common part of both implementations of a client's socket: limits, queues and the listener. */
export abstract class LimitedSocket implements ClientSocket {
  readonly address: string;
  readonly #now: () => number;
  readonly #rate: InflowRate;
  #onSettled: (() => void) | null;
  #listener: ClientListener | null = null;
  /** Frames that came before there was a listener. */
  #unread: string[] | null = null;
  #unhandledFrames = 0;
  #unhandledBytes = 0;
  /** With the held ones. */
  #unsentFrames = 0;
  /** Frames that go out at the end of the turn. */
  #held: string[] = [];
  #heldBytes = 0;
  #paused = false;
  #closing = false;
  #gone = false;

  constructor({ address, limits, now, onSettled }: LimitedSocketOptions) {
    this.address = address;
    this.#now = now;
    this.#rate = new InflowRate(limits);
    this.#onSettled = onSettled;
  }

  listen(listener: ClientListener): void {
    this.#listener = listener;
    const unread = this.#unread ?? [];
    this.#unread = null;
    for (const text of unread) listener.frame(text);
    if (this.#gone) queueMicrotask(() => listener.closed());
  }

  handled(text: string): void {
    this.#unhandledFrames--;
    this.#unhandledBytes -= text.length * bytesOfUnit;
    if (!this.#paused || this.#closing || this.#isBehind(2)) return;
    this.#paused = false;
    this.resumeReading();
  }

  send(...texts: readonly string[]): void {
    if (this.#hold(texts)) this.#flush();
  }

  sendSoon(...texts: readonly string[]): void {
    const isFirst = this.#held.length === 0;
    if (this.#hold(texts) && isFirst) nextTick(() => this.#flush());
  }

  ping(): Promise<void> | null {
    if (this.#closing) return null;
    this.#flush();
    return this.transmitPing();
  }

  /** Answers false where there is nothing to send, or the socket closes because too much is queued. */
  #hold(texts: readonly string[]): boolean {
    if (this.#closing || texts.length === 0) return false;
    const queuedBytes = this.unsentBytes + this.#heldBytes + this.#unhandledBytes;
    if (queuedBytes > maxQueuedBytes || this.#unsentFrames + texts.length > maxUnsentFrames) {
      this.close(closeCodes.movedAway, "reading too slowly: ask for a ticket again");
      return false;
    }
    this.#unsentFrames += texts.length;
    this.#held.push(...texts);
    for (const { length } of texts) this.#heldBytes += length * bytesOfUnit;
    return true;
  }

  #flush(): void {
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    this.#heldBytes = 0;
    this.transmit(held);
  }

  settle(): void {
    this.#onSettled?.();
    this.#onSettled = null;
  }

  close(code: CloseCode, reason: string): void {
    if (this.#closing) return;
    this.#flush();
    this.#closing = true;
    // Reading has to go on for the client's answer to the close.
    if (this.#paused) this.resumeReading();
    this.hangUp(code, reason);
  }

  /** Bytes that were sent and that the kernel has not taken. */
  protected abstract readonly unsentBytes: number;
  /** Sends frames, in one write where possible, and calls `taken` once for each that the kernel has taken. */
  protected abstract transmit(texts: readonly string[]): void;
  /** Sends a ping, and answers the promise of its pong; null where the socket can't. */
  protected abstract transmitPing(): Promise<void> | null;
  protected abstract hangUp(code: CloseCode, reason: string): void;
  protected abstract pauseReading(): void;
  protected abstract resumeReading(): void;

  protected taken(frames: number): void {
    this.#unsentFrames -= frames;
  }

  /** To be called for each text frame, with its UTF-8 bytes or its text. */
  protected received(frame: Buffer | string): void {
    if (this.#closing) return;
    const verdict = this.#rate.take(frame.length, this.#now());
    if (verdict === "flooded") return this.close(closeCodes.tooManyMessages, "too many messages");
    if (verdict === "refused") return this.#refuse(frame);
    const text = frame.toString();
    this.#unhandledFrames++;
    this.#unhandledBytes += text.length * bytesOfUnit;
    if (!this.#paused && this.#isBehind(1)) {
      this.#paused = true;
      this.pauseReading();
    }
    if (this.#listener !== null) this.#listener.frame(text);
    else (this.#unread ??= []).push(text);
  }

  /** To be called for each control frame of the client (RFC 6455 §5.5), which counts as a message. */
  protected receivedControl(bytes: number): void {
    if (this.#closing || this.#rate.take(bytes, this.#now()) !== "flooded") return;
    this.close(closeCodes.tooManyMessages, "too many messages");
  }

  protected receivedBinary(): void {
    this.close(closeCodes.malformed, "frames are text");
  }

  protected gone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#closing = true;
    this.#held = [];
    this.settle();
    this.#listener?.closed();
  }

  #refuse(frame: Buffer | string): void {
    // JSON's signs are ASCII: they are found in Latin-1 as well, which is cheaper to decode than UTF-8.
    const request = skimRequest(typeof frame === "string" ? frame : frame.toString("latin1"));
    if (request === null) return;
    this.#listener?.refused?.(request.type);
    this.send(errorFrame(request.id, { code: "RATE_LIMITED", message: "Too many messages; slow down." }));
  }

  #isBehind(part: 1 | 2): boolean {
    return this.#unhandledFrames > maxUnhandledFrames / part ||
      this.#unhandledBytes > maxUnhandledBytes / part;
  }
}
