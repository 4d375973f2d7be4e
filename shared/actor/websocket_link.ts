import { Link } from "./link.ts";
import { Outbox } from "./outbox.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";
import { refOf } from "./ref_of.ts";
import { isolateRuntime, type Runtime } from "./runtime.ts";
import { outside } from "./tracer.ts";
import { framesSchema, maxFrames } from "./wire.ts";
import { WheelTimer } from "./wheel_timer.ts";

/**
 * The longest text of one transport message. A peer that sends a longer one is cut off. The largest is what a media handler
 * has of a meeting: 1,000 people with 90 consumers each, of some 180 characters.
 */
const maxTextLength = 32 * 1024 * 1024;
const pingPeriodMs = 5_000;
const silenceMs = 12_000;

/** The part of the standard WebSocket that a link uses. */
export interface LinkSocket {
  readonly readyState: number;
  send(text: string): void;
  close(): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "open" | "close" | "error", listener: () => void): void;
}

/** A connection to another service's actors. */
export interface RemoteLink {
  /** Lets the other service ask and tell `ref` under `name`. */
  expose<P extends Protocol>(name: string, ref: ActorRef<P>): void;
  /**
   * A reference to the actor that the other service exposes as `name`. It ends when the link does. All references of
   * one name share a mailbox, whose protocol and capacity the first one names.
   */
  ref<P extends Protocol>(name: string, protocol: P, options?: { readonly capacity?: number }): ActorRef<P>;
  /** Calls back once when the link has ended, by either side. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * Carries envelopes over an open WebSocket whose other end has been authenticated. A text is the JSON of frames, or
 * empty as a sign of life. A peer that is silent for 12 s counts as gone, since TCP may take minutes to notice.
 */
export function remoteLink(socket: LinkSocket, runtime: Runtime = isolateRuntime): RemoteLink {
  // Frames from before the socket is open are sent when it opens.
  const early: string[] = [];
  const link = new Link((frames) => {
    const text = JSON.stringify(frames);
    if (text.length > maxTextLength) throw new RangeError(`more than ${maxTextLength} characters`);
    if (frames.length > maxFrames) throw new RangeError(`more than ${maxFrames} messages`);
    if (socket.readyState === WebSocket.OPEN) socket.send(text);
    else if (socket.readyState === WebSocket.CONNECTING) early.push(text);
  });
  const outboxes = new Map<string, Outbox>();
  let heardMs = runtime.clock.now();
  let timer: WheelTimer | undefined;

  const end = () => {
    timer?.cancel();
    link.close("unreachable");
    for (const outbox of outboxes.values()) outbox.end("unreachable", "unreachable");
    outboxes.clear();
    runtime.wheel.rest();
    // A server's socket that is closed before it is open opens nevertheless.
    if (socket.readyState === WebSocket.CONNECTING) socket.addEventListener("open", () => socket.close());
    if (socket.readyState <= WebSocket.OPEN) socket.close();
  };
  const watchSilence = () => {
    if (runtime.clock.now() - heardMs > silenceMs) return end();
    if (socket.readyState === WebSocket.OPEN) socket.send("");
    timer = new WheelTimer(runtime, pingPeriodMs, watchSilence);
  };
  timer = new WheelTimer(runtime, pingPeriodMs, watchSilence);

  socket.addEventListener("open", () => early.splice(0).forEach((text) => socket.send(text)));
  socket.addEventListener("message", ({ data }) => {
    heardMs = runtime.clock.now();
    if (data === "") return;
    const frames = typeof data === "string" && data.length <= maxTextLength ? parseFrames(data) : null;
    if (frames === null) return end();
    outside(runtime.tracer, () => link.receive(frames));
  });
  socket.addEventListener("close", end);
  socket.addEventListener("error", end);

  return {
    expose: (name, ref) => link.expose(name, ref),
    ref(name, protocol, { capacity = 1_024 } = {}) {
      const known = outboxes.get(name);
      if (known?.open) return refOf(known);
      const outbox = new Outbox({
        runtime,
        protocol,
        type: `remote ${name}`,
        path: name,
        capacity,
        to: name,
      });
      if (link.closed) outbox.end("unreachable", "unreachable");
      else {
        outboxes.set(name, outbox);
        outbox.attach(link);
      }
      return refOf(outbox);
    },
    onClose: (listener) => link.onClose(listener),
    close: end,
  };
}

function parseFrames(text: string) {
  try {
    return framesSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
