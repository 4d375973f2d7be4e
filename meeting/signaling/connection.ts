import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  Failure,
  later,
  type MessageContext,
  type Protocol,
  protocol,
  tell,
} from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  answerFrame,
  closeCodes,
  errorFrame,
  isRequestType,
  type JoinRequest,
  parseRequest,
  type RequestData,
  type RequestFrame,
  type SignalingErrorCode,
} from "../../shared/protocol/mod.ts";
import type { ConnectionTest } from "../connection_test/connection_test_protocol.ts";
import type { ConnectionTests } from "../connection_test/connection_tests.ts";
import type { JoinResult, ShardMetrics } from "../metrics.ts";
import type { FreshToken, Upstream } from "../platform/upstream.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import { MeetingClient } from "../state/meeting_client.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";
import { BindingProof } from "./binding_proof.ts";
import type { ClientSocket, CloseCode } from "./client_socket.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import { joinRefusals } from "./join_refusals.ts";
import { type Answer, answer, refuse } from "./refusal.ts";
import { renewTokens } from "./renew_tokens.ts";
import { handleRequest } from "./requests/mod.ts";
import { handleTestRequest } from "./requests/test.ts";
import { UnderWay } from "./under_way.ts";

export const Connection = protocol({
  ...MeetingClient,
  /** A frame of the client. */
  frame: tell(z.string()),
  /** The socket is gone. */
  closed: tell(z.void()),
});

export interface ConnectionInit {
  readonly socket: ClientSocket;
  readonly claims: MeetingTokenClaims;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly routing: ActorRef<typeof MediaRouting>;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly limits: ConnectionLimits;
  readonly metrics: ShardMetrics;
  readonly tests: Pick<ConnectionTests, "start">;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** The request that an answer is for; its type as the client wrote it. */
interface Asked {
  readonly id: number;
  readonly type: string | null;
}

/** Why a connection ends. */
interface Ending {
  readonly code: CloseCode;
  readonly reason: string;
}

type Phase =
  | { readonly kind: "fresh" }
  | { readonly kind: "joining" }
  | { readonly kind: "over" }
  | { readonly kind: "testing"; readonly test: ActorRef<typeof ConnectionTest> }
  | { readonly kind: "waiting" | "joined"; readonly participantId: string };

const testRefusals = { overloaded: "OVERLOADED", rate_limited: "RATE_LIMITED" } as const;

/** The most requests of one connection that wait while the meeting is handed over. */
const mostWaiting = 64;
const moved = refuse("OVERLOADED", "The meeting has moved to another server. Try again there.");

/** Owns one WebSocket, and is its only writer: parses the client's frames, and keeps the order of answers and notifications. */
export class ConnectionActor {
  static readonly protocol = Connection;
  readonly #init: ConnectionInit;
  readonly #context: ActorContext<typeof Connection>;
  readonly #log;
  #phase: Phase = { kind: "fresh" };
  /** Notifications that are held back until the join's answer, or `admitted`, was sent. */
  #held: string[] = [];
  /** What hosts decided about this client before its join was answered, to be carried out after the answer. */
  #decided: (() => void)[] = [];
  readonly #bindingProof: BindingProof;
  #cancelJoinTimeout = () => {};
  readonly #underWay = new UnderWay();
  /** Requests that wait while the meeting is handed over; null while none have to. */
  #waiting: RequestFrame[] | null = null;
  #isMoved = false;
  /** Why the client's socket is closed when this actor ends. */
  #ending: Ending = { code: closeCodes.movedAway, reason: "this server restarts: you are brought back" };
  #hasLatency = false;
  #heardMs: number;
  /** Whether the client was heard since it was handed a fresh token. A silent client may not have it. */
  #isHeardSince = true;

  constructor(init: ConnectionInit, context: ActorContext<typeof Connection>) {
    this.#init = init;
    this.#context = context;
    const { limits, claims, socket } = init;
    this.#log = logger("connection").with({ meeting_id: claims.meeting_id, sub: claims.sub });
    this.#heardMs = context.clock.now();
    this.#bindingProof = new BindingProof({
      context,
      patienceMs: limits.silenceMs,
      confirm: (bindingToken) => this.#confirmBinding(bindingToken),
    });
    const { self } = context;
    socket.listen({
      frame(text) {
        if (self.tell("frame", text) === "overloaded") {
          socket.close(closeCodes.tooManyMessages, "too many messages");
        }
      },
      refused: (type) => this.#count(type, "RATE_LIMITED"),
      closed() {
        // A full mailbox has frames in it that find the socket closed.
        if (self.tell("closed", undefined) === "overloaded") socket.close(1001, "gone");
      },
    });
    // The socket must not outlive this actor, however the actor ends.
    context.cleanup(() => socket.close(this.#ending.code, this.#ending.reason));
    this.#expectJoin();
    this.#watchSilence(limits.silenceMs);
    renewTokens({ ...init, context, take: (token) => this.#rebind(token) });
  }

  frame(text: string, message: MessageContext): void {
    this.#init.socket.handled(text);
    if (this.#phase.kind === "over") return;
    this.#heardMs = this.#context.clock.now();
    this.#isHeardSince = true;
    this.#bindingProof.heard();
    const parsed = parseRequest(text);
    if (parsed.kind === "close") return this.#close(parsed.code, parsed.message);
    if (parsed.kind === "refuse") return this.#answer(parsed, { ok: false, error: parsed.error });
    this.#take(parsed.frame, message);
  }

  closed(): void {
    this.#phase = { kind: "over" };
    this.#context.stop();
  }

  notify(frames: string[]): void {
    // What others do may wait for the end of the turn: an answer of the same turn goes before it.
    if (this.#phase.kind === "joined") return this.#init.socket.sendSoon(...frames);
    if (this.#phase.kind !== "over") this.#held.push(...frames);
  }

  bound(frame: string): void {
    // The answer's own binding token is the older one.
    if (this.#phase.kind === "joining") return void this.#decided.push(() => this.bound(frame));
    if ("participantId" in this.#phase) this.#send([frame]);
  }

  admitted(frame: string): void {
    if (this.#phase.kind === "joining") return void this.#decided.push(() => this.admitted(frame));
    if (this.#phase.kind !== "waiting") return;
    this.#phase = { kind: "joined", participantId: this.#phase.participantId };
    this.#send([frame, ...this.#held.splice(0)]);
  }

  hold() {
    this.#waiting ??= [];
    return later(this.#underWay.quiet());
  }

  release(_: void, message: MessageContext): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const frame of waiting) this.#take(frame, message);
  }

  migrate(frame: string): void {
    const waiting = this.#waiting ?? [];
    this.#isMoved = true;
    for (const request of waiting.splice(0)) this.#answer(request, moved);
    this.#send([frame]);
  }

  end(ending: Ending): void {
    if (ending.code === closeCodes.removed && this.#phase.kind === "joining") {
      // Only the answer tells the client whether it was removed, or denied in the waiting room.
      this.#ending = ending;
      return void this.#decided.push(() => this.end(ending));
    }
    if (ending.code !== closeCodes.meetingEnded) return this.#close(ending.code, ending.reason);
    // The end's own request may be this client's: what is under way is answered before the socket closes.
    this.#ending = ending;
    void this.#context.pipe(this.#underWay.quiet(), () => this.#close(ending.code, ending.reason));
  }

  #take(frame: RequestFrame, message: MessageContext): void {
    const { type, data } = frame;
    if (type === "session.ping") return this.#answer(frame, { ok: true, data: {} });
    if (this.#isMoved) return this.#answer(frame, moved);
    if (this.#waiting !== null) {
      if (this.#waiting.length >= mostWaiting) return this.#answer(frame, moved);
      return void this.#waiting.push(frame);
    }
    if (type === "join") return this.#join(frame, data, message);
    const phase = this.#phase;
    if (phase.kind === "testing" || phase.kind === "fresh" && type === "test.open") {
      return this.#test(frame, message);
    }
    if (phase.kind === "fresh" || phase.kind === "joining" || phase.kind === "over") {
      return this.#answer(frame, refuse("NOT_JOINED", "The first message is join."));
    }
    const { participantId } = phase;
    const { meeting, routing, claims: { sub } } = this.#init;
    if (type === "leave") return this.#leave(frame, participantId, data, message);
    if (phase.kind === "waiting") {
      return this.#answer(frame, refuse("WAITING", "A host has not let you in yet."));
    }
    if (type === "latency.report") return this.#noteLatency(frame, data);
    if (type === "test.open") {
      return this.#answer(
        frame,
        refuse("INVALID_REQUEST", "This connection has joined. Test over another one."),
      );
    }
    const requester = { participantId, sub, meeting, routing, ask: message.ask.bind(message) };
    void this.#context.pipe(this.#underWay.note(handleRequest(frame, requester)), (answered) => {
      this.#answer(frame, answered);
    });
  }

  #join(asked: Asked, request: JoinRequest, message: MessageContext): void {
    if (this.#phase.kind !== "fresh") {
      const isTest = this.#phase.kind === "testing";
      const reason = isTest
        ? "This connection only tests. Join over another one."
        : "This connection has joined already.";
      return this.#answer(asked, refuse("INVALID_REQUEST", reason));
    }
    this.#phase = { kind: "joining" };
    this.#held = [];
    this.#cancelJoinTimeout();
    const { meeting, claims, metrics, socket } = this.#init;
    const startedMs = performance.now();
    const order = { claims, request, client: this.#context.self, address: socket.address };
    const work = message.ask(meeting, "join", order, { trace: request.traceparent });
    void this.#context.pipe(this.#underWay.note(work), (joined) => {
      if (this.#phase.kind === "over") return;
      const result: JoinResult = joined.ok ? joined.value.state : "refused";
      metrics.joins.add({ result });
      metrics.joinDuration.observe({}, (performance.now() - startedMs) / 1_000);
      if (!joined.ok) {
        // The client may try again on the same connection, unless it was removed.
        this.#phase = { kind: "fresh" };
        this.#held = [];
        this.#expectJoin();
        this.#carryOutDecided();
        return this.#answer(asked, answer(joined, joinRefusals));
      }
      socket.settle();
      const { state, participant_id: participantId } = joined.value;
      this.#phase = { kind: state, participantId };
      this.#count(asked.type, "ok");
      const frame = answerFrame(asked.id, joined.value);
      this.#send(state === "joined" ? [frame, ...this.#held.splice(0)] : [frame]);
      this.#bindingProof.expect(joined.value.binding_token, socket.ping());
      this.#carryOutDecided();
    });
  }

  #carryOutDecided(): void {
    for (const carryOut of this.#decided.splice(0)) carryOut();
  }

  /** A connection that has begun to test does nothing else, and ends with its test. */
  #test(frame: RequestFrame, message: MessageContext): void {
    const { tests, claims } = this.#init;
    if (this.#phase.kind === "fresh") {
      const spawn: ActorContext<Protocol>["spawn"] = (...args) => this.#context.spawn(...args);
      const test = tests.start(spawn, claims);
      if (test instanceof Failure) {
        return this.#answer(frame, answer({ ok: false, error: test }, testRefusals));
      }
      this.#cancelJoinTimeout();
      this.#phase = { kind: "testing", test };
      this.#context.watch(test, () => this.#close(closeCodes.noJoinInTime, "the connection test is over"));
    }
    if (this.#phase.kind !== "testing") return;
    const work = handleTestRequest(frame, this.#phase.test, message.ask.bind(message));
    void this.#context.pipe(work, ({ answer: answered, frames }) => {
      this.#answer(frame, answered);
      this.#send(frames);
    });
  }

  #watchSilence(inMs: number): void {
    this.#context.after(inMs, () => {
      const leftMs = this.#heardMs + this.#init.limits.silenceMs - this.#context.clock.now();
      if (leftMs > 0) return this.#watchSilence(leftMs);
      this.#close(1001, "silent for too long");
    });
  }

  /** The client has the binding token of its join's answer. Answers whether the meeting was told. */
  #confirmBinding(bindingToken: string): boolean {
    if (!("participantId" in this.#phase)) return false;
    const confirmed = { participantId: this.#phase.participantId, bindingToken, client: this.#context.self };
    return this.#init.meeting.tell("confirmBinding", confirmed) === "accepted";
  }

  /** Answers whether the meeting takes the token. A client gets none until it was heard since the last one. */
  #rebind(token: FreshToken): boolean {
    if (!("participantId" in this.#phase) || !this.#isHeardSince) return false;
    const { participantId } = this.#phase;
    const isTaken = this.#init.meeting.tell("rebind", { participantId, ...token }) === "accepted";
    if (isTaken) this.#isHeardSince = false;
    return isTaken;
  }

  #expectJoin(): void {
    this.#cancelJoinTimeout = this.#context.after(this.#init.limits.joinTimeoutMs, () => {
      this.#close(closeCodes.noJoinInTime, "no join in time");
    });
  }

  /** Once a join; what comes later is no news. */
  #noteLatency(asked: Asked, latency: RequestData<"latency.report">): void {
    const { click_to_first_audio_ms: audioMs, click_to_first_frame_ms: frameMs } = latency;
    const { firstAudio, firstFrame } = this.#init.metrics;
    if (audioMs !== undefined && !this.#hasLatency) firstAudio.observe({}, audioMs / 1_000);
    if (frameMs !== undefined && !this.#hasLatency) firstFrame.observe({}, frameMs / 1_000);
    this.#hasLatency = true;
    this.#answer(asked, { ok: true, data: {} });
  }

  #leave(asked: Asked, participantId: string, data: RequestData<"leave">, message: MessageContext): void {
    const { meeting } = this.#init;
    const { back_within_seconds: seconds } = data;
    const leaving = {
      participantId,
      client: this.#context.self,
      ...(seconds === undefined ? {} : { backWithinMs: seconds * 1_000 }),
    };
    void this.#context.pipe(message.ask(meeting, "leave", leaving), (left) => {
      // A meeting that didn't take the leave sees the socket close: the participant is away, and then gone.
      if (!left.ok) this.#log.warn("the meeting did not answer a leave", { code: left.error.code });
      this.#answer(asked, { ok: true, data: {} });
      this.#close(1000, "left");
    });
  }

  /** Each answer to a request is counted here, but the join's, whose notifications go with it, and the socket's own. */
  #answer({ id, type }: Asked, answered: Answer<object>): void {
    this.#count(type, answered.ok ? "ok" : answered.error.code);
    this.#send([
      answered.ok
        ? JSON.stringify({ re: id, ok: true, data: answered.data })
        : errorFrame(id, answered.error),
    ]);
  }

  #count(type: string | null, result: "ok" | SignalingErrorCode): void {
    // Clients write what they like: a metric has as many rows as there are types, and one more.
    const known = type !== null && isRequestType(type) ? type : "unknown";
    this.#init.metrics.messages.add({ type: known, result });
  }

  #send(frames: readonly string[]): void {
    this.#init.socket.send(...frames);
  }

  #close(code: CloseCode, reason: string): void {
    this.#init.socket.close(code, reason);
    this.closed();
  }
}
