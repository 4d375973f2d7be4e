import {
  BEARER_PREFIX,
  type CloseReason,
  closeReason,
  isFrameTooLarge,
  type Notification,
  parseAnswer,
  parseServerFrame,
  type RequestAnswer,
  type RequestData,
  requestFrame,
  type RequestType,
  type SignalingErrorCode,
  SUBPROTOCOL,
} from "../protocol/signaling.ts";
import { type Clock, wallClock } from "../actor/clock.ts";
import { fail, type Failure, type Result } from "../actor/result.ts";

/** Why a request failed: the server's code, or `CLOSED` (no connection any more), or `BAD_ANSWER`. */
export type RequestCode = SignalingErrorCode | "CLOSED" | "BAD_ANSWER";

export type RequestFailure = Failure<RequestCode>;

/** Why a connection ended. `unreachable`: it never opened. `silent`: 12 s without a frame. */
export interface SignalingEnd {
  reason: CloseReason | "unreachable" | "lost" | "silent" | "left";
  message: string;
}

export type OpenSocket = (url: string, protocols: string[]) => WebSocket;

export interface SignalingOptions {
  url: string;
  token: string;
  onNotification(notification: Notification): void;
  /** Called exactly once, after every pending request was settled. */
  onEnd(end: SignalingEnd): void;
  clock?: Clock;
  openSocket?: OpenSocket;
  openTimeoutMs?: number;
  requestTimeoutMs?: number;
  pingIntervalMs?: number;
  silenceLimitMs?: number;
}

export interface Signaling {
  /** Settles always: with the answer, the server's error, `TIMEOUT`, or `CLOSED`. Sent when open. */
  request<T extends RequestType>(
    type: T,
    data: RequestData<T>,
  ): Promise<Result<RequestAnswer<T>, RequestCode>>;
  close(): void;
}

interface Pending {
  settle(outcome: { answer: unknown } | { failure: RequestFailure }): void;
}

/** Opens a signaling connection; requests may be made at once, they are sent when it is open. */
export function connectSignaling(options: SignalingOptions): Signaling {
  const openSocket = options.openSocket ?? ((url, protocols) => new WebSocket(url, protocols));
  try {
    return speakOver(openSocket(options.url, [SUBPROTOCOL, BEARER_PREFIX + options.token]), options);
  } catch {
    // The constructor throws for an address that a page may not open (ws: from https:, say).
    const message = "This browser may not connect to the meeting's server.";
    queueMicrotask(() => options.onEnd({ reason: "unreachable", message }));
    return { request: () => Promise.resolve({ ok: false, error: fail("CLOSED", message) }), close() {} };
  }
}

function speakOver(socket: WebSocket, options: SignalingOptions): Signaling {
  const clock = options.clock ?? wallClock();
  const silenceLimitMs = options.silenceLimitMs ?? 12_000;
  const pending = new Map<number, Pending>();
  let queue: string[] | undefined = [];
  let nextId = 1;
  let ended = false;
  let lastHeard = clock.now();
  let cancelPing = () => {};
  let cancelSilence = () => {};
  const cancelOpening = clock.set(() => {
    finish({ reason: "unreachable", message: "The meeting's server did not answer in time." });
  }, options.openTimeoutMs ?? 10_000);

  function finish(end: SignalingEnd): void {
    if (ended) return;
    ended = true;
    cancelOpening();
    cancelPing();
    cancelSilence();
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    // A failed handshake may still report; nobody is left to hear it.
    socket.onerror = (event) => event.preventDefault();
    if (socket.readyState <= WebSocket.OPEN) socket.close();
    for (const request of [...pending.values()]) {
      request.settle({ failure: { code: "CLOSED", message: end.message } });
    }
    options.onEnd(end);
  }

  function send(frame: string): void {
    if (queue) queue.push(frame);
    else if (socket.readyState === WebSocket.OPEN) socket.send(frame);
  }

  function schedulePing(): void {
    cancelPing = clock.set(() => {
      request("session.ping", {});
      schedulePing();
    }, options.pingIntervalMs ?? 5_000);
  }

  function watchSilence(delayMs: number): void {
    cancelSilence = clock.set(() => {
      const leftMs = lastHeard + silenceLimitMs - clock.now();
      if (leftMs > 0) return watchSilence(leftMs);
      finish({ reason: "silent", message: "The meeting's server fell silent." });
    }, delayMs);
  }

  function request<T extends RequestType>(
    type: T,
    data: RequestData<T>,
  ): Promise<Result<RequestAnswer<T>, RequestCode>> {
    return new Promise((resolve) => {
      const refuse = (code: RequestCode, message: string) =>
        resolve({ ok: false, error: fail(code, message) });
      if (ended) return refuse("CLOSED", "There is no connection to the meeting.");
      const id = nextId++;
      const frame = requestFrame(id, type, data);
      if (isFrameTooLarge(frame)) return refuse("INVALID_REQUEST", "This message is too large to send.");
      const cancel = clock.set(() => {
        pending.get(id)?.settle({
          failure: { code: "TIMEOUT", message: "The meeting's server did not answer in time." },
        });
      }, options.requestTimeoutMs ?? 10_000);
      pending.set(id, {
        settle(outcome) {
          cancel();
          pending.delete(id);
          if ("failure" in outcome) return resolve({ ok: false, error: outcome.failure });
          const answer = parseAnswer(type, outcome.answer);
          if (answer === undefined) refuse("BAD_ANSWER", "The server's answer could not be understood.");
          else resolve({ ok: true, value: answer });
        },
      });
      send(frame);
    });
  }

  socket.onopen = () => {
    cancelOpening();
    lastHeard = clock.now();
    const waiting = queue ?? [];
    queue = undefined;
    for (const frame of waiting) socket.send(frame);
    schedulePing();
    watchSilence(silenceLimitMs);
  };

  socket.onmessage = (event: MessageEvent<unknown>) => {
    lastHeard = clock.now();
    if (typeof event.data !== "string") return;
    const frame = parseServerFrame(event.data);
    if (frame.kind === "notification") options.onNotification(frame.notification);
    else if (frame.kind === "answer") pending.get(frame.re)?.settle({ answer: frame.data });
    else if (frame.kind === "error") pending.get(frame.re)?.settle({ failure: frame.error });
  };

  socket.onerror = (event) => event.preventDefault();

  socket.onclose = (event) => {
    const known = closeReason(event.code);
    const message = event.reason || "The connection to the meeting was lost.";
    if (known) return finish({ reason: known, message });
    finish({ reason: queue ? "unreachable" : "lost", message });
  };

  return {
    request,
    close: () => finish({ reason: "left", message: "You left the meeting." }),
  };
}
