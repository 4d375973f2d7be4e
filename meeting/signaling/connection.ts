import {
  type ActorContext,
  type ActorRef,
  type Lineage,
  local,
  protocol,
  tell,
} from "../../shared/actor/mod.ts";
import type { MeetingTokenClaims } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { CellRate } from "../../shared/limits/gcra.ts";
import {
  answerFrame,
  closeCodes,
  errorFrame,
  type JoinRequest,
  type Layout,
  notificationFrame,
  parseRequest,
  type RequestFrame,
  type RtpCapabilities,
  type SignalingError,
} from "../../shared/protocol/mod.ts";
import type { JoinResult, ShardMetrics } from "../metrics.ts";
import type { Admission } from "../state/admission.ts";
import { isRefusal, refuse } from "./refusal.ts";
import { answerRequest } from "./answer_request.ts";
import type { CloseCode, Wire } from "./wire.ts";
import type { MediaRouting } from "../routing/media_routing_protocol.ts";
import type { MeetingState } from "../state/meeting_state_protocol.ts";
import type { Upstream } from "../shard/upstream.ts";
import { z } from "zod";

export const Connection = protocol({
  /** A frame of the client. */
  frame: tell(local<unknown>()),
  /** The socket is gone. */
  closed: tell(z.void()),
  /** A notification for the client, as a frame. */
  notify: tell(z.string()),
  /** A host let this client in. */
  admitted: tell(local<{ readonly participantId: string; readonly admission: Admission }>()),
  /** The meeting ends this connection. */
  end: tell(z.object({ code: local<CloseCode>(), reason: z.string() })),
});

export interface ConnectionInit {
  readonly wire: Wire;
  readonly claims: MeetingTokenClaims;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly routing: ActorRef<typeof MediaRouting>;
  readonly upstream: ActorRef<typeof Upstream>;
  readonly limits: ConnectionLimits;
  readonly metrics: ShardMetrics;
}

export interface ConnectionLimits {
  readonly joinTimeoutMs: number;
  readonly silenceMs: number;
  readonly messagesPerSecond: number;
  readonly messageBurst: number;
}

/** What a request's handler may use of the connection it came over. */
export interface Joined {
  readonly participantId: string;
  readonly meeting: ActorRef<typeof MeetingState>;
  readonly routing: ActorRef<typeof MediaRouting>;
}

interface Media {
  readonly rtpCapabilities: RtpCapabilities;
  layout: Layout;
}

const defaultLayout: Layout = { mode: "grid", slots: 25 };

/** Owns one WebSocket: parses and limits what comes, answers in the protocol's form, keeps the order of what goes. */
export class ConnectionActor {
  static readonly protocol = Connection;
  readonly #init: ConnectionInit;
  readonly #context: ActorContext<typeof Connection>;
  readonly #log;
  readonly #rate: CellRate;
  #phase: "fresh" | "joining" | "waiting" | "joined" | "over" = "fresh";
  #participantId: string | null = null;
  #media: Media | null = null;
  /** Notifications that must not overtake the answer to `join`. */
  #held: string[] | null = null;
  #heardMs: number;

  constructor(init: ConnectionInit, context: ActorContext<typeof Connection>) {
    this.#init = init;
    this.#context = context;
    const { limits, claims, wire } = init;
    this.#log = logger("connection").with({ meeting_id: claims.meeting_id, sub: claims.sub });
    this.#rate = new CellRate({
      count: limits.messagesPerSecond,
      periodMs: 1_000,
      burst: limits.messageBurst,
    });
    this.#heardMs = context.clock.now();
    const { self } = context;
    wire.listen({
      frame: (data) => {
        if (self.tell("frame", data) === "overloaded") {
          wire.close(closeCodes.tooManyMessages, "too many messages");
        }
      },
      closed: () => void self.tell("closed", undefined),
    });
    // A crash or a stop of this actor, whatever its reason, must not leave a mute socket behind.
    context.cleanup(() => wire.close(closeCodes.movedAway, "ask for a ticket again"));
    context.after(limits.joinTimeoutMs, () => {
      if (this.#phase === "fresh") this.#close(closeCodes.noJoinInTime, "no join in time");
    });
    context.every(limits.silenceMs / 4, () => {
      if (context.clock.now() - this.#heardMs > limits.silenceMs) this.#close(1001, "silent for too long");
    });
    this.#renewTokenLater(claims.exp);
  }

  frame(data: unknown): void {
    if (this.#phase === "over") return;
    this.#heardMs = this.#context.clock.now();
    const parsed = parseRequest(typeof data === "string" ? data : new ArrayBuffer(0));
    if (parsed.kind === "close") return this.#close(parsed.code, parsed.message);
    if (this.#rate.take(this.#heardMs) > 0) {
      const re = parsed.kind === "request" ? parsed.frame.id : parsed.id;
      return this.#refuse(re, refuse("RATE_LIMITED", "Too many messages; slow down."));
    }
    if (parsed.kind === "refuse") return this.#refuse(parsed.id, parsed.error);
    this.#take(parsed.frame);
  }

  closed(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#context.stop();
  }

  notify(text: string): void {
    if (this.#held !== null) this.#held.push(text);
    else this.#init.wire.send(text);
  }

  admitted({ participantId, admission }: { participantId: string; admission: Admission }): void {
    if (this.#phase !== "waiting") return;
    this.#phase = "joined";
    this.#held = [];
    void this.#context.pipe(this.#attach(participantId), (media) => {
      if (isRefusal(media)) this.#log.warn("admitted without media", { code: media.code });
      const attached = isRefusal(media) ? withoutMedia : media;
      this.#release(notificationFrame("admitted", { state: "joined", ...admission, ...attached }));
    });
  }

  end({ code, reason }: { code: CloseCode; reason: string }): void {
    this.#close(code, reason);
  }

  #take(frame: RequestFrame): void {
    if (frame.type === "session.ping") return this.#init.wire.send(answerFrame(frame.id, {}));
    if (frame.type === "join") {
      if (this.#phase !== "fresh") {
        return this.#refuse(frame.id, refuse("INVALID_REQUEST", "This connection has joined already."));
      }
      return this.#join(frame.id, frame.data);
    }
    const participantId = this.#participantId;
    if (participantId === null) {
      return this.#refuse(frame.id, refuse("NOT_JOINED", "The first message is join."));
    }
    if (frame.type === "leave") {
      this.#init.meeting.tell("leave", { participantId });
      this.#init.wire.send(answerFrame(frame.id, {}));
      this.#participantId = null;
      return this.#close(1000, "left");
    }
    if (this.#phase === "waiting") {
      return this.#refuse(frame.id, refuse("WAITING", "A host has not let you in yet."));
    }
    if (frame.type === "layout.set" && this.#media !== null) this.#media.layout = frame.data;
    const { meeting, routing } = this.#init;
    const work = answerRequest(frame, { participantId, meeting, routing });
    void this.#context.pipe(work, (answer) => {
      const refused = isRefusal(answer);
      this.#init.metrics.messages.add({ type: frame.type, result: refused ? answer.code : "ok" });
      if (refused) this.#refuse(frame.id, answer);
      else this.#init.wire.send(JSON.stringify({ re: frame.id, ok: true, data: answer }));
    });
  }

  #join(re: number, request: JoinRequest): void {
    this.#phase = "joining";
    this.#held = [];
    if (request.rtp_capabilities !== undefined) {
      this.#media = { rtpCapabilities: request.rtp_capabilities, layout: request.layout ?? defaultLayout };
    }
    const { meeting, claims, metrics, wire } = this.#init;
    const startedMs = performance.now();
    const answered = (result: JoinResult) => {
      metrics.joins.add({ result });
      metrics.joinDuration.observe({}, (performance.now() - startedMs) / 1_000);
      if (result !== "refused") wire.settle();
    };
    const lineage = { chain: [], trace: request.traceparent };
    const order = { claims, request, connection: this.#context.self, address: wire.address };
    const work = meeting.ask("join", order, { lineage });
    void this.#context.pipe(work, (joined) => {
      if (!joined.ok) {
        answered("refused");
        return this.#joinRefused(re, refuse(joined.error.code, joined.error.message));
      }
      const { identity, admission } = joined.value;
      this.#participantId = identity.participant_id;
      if (identity.state === "waiting") {
        this.#phase = "waiting";
        answered("waiting");
        return this.#release(answerFrame(re, { ...identity, ...admission, ...withoutMedia }));
      }
      void this.#context.pipe(this.#attach(identity.participant_id, lineage), (media) => {
        if (isRefusal(media)) {
          meeting.tell("leave", { participantId: identity.participant_id });
          this.#participantId = null;
          answered("refused");
          return this.#joinRefused(re, media);
        }
        this.#phase = "joined";
        answered("joined");
        this.#release(answerFrame(re, { ...identity, ...admission, ...media }));
      });
    });
  }

  /** The client may try again on the same connection. */
  #joinRefused(re: number, error: SignalingError): void {
    this.#phase = "fresh";
    this.#held = null;
    this.#media = null;
    this.#refuse(re, error);
  }

  /** Transports and first consumers, for a client that has media. */
  async #attach(participantId: string, lineage?: Lineage) {
    if (this.#media === null) return withoutMedia;
    const { rtpCapabilities, layout } = this.#media;
    const request = { participantId, rtpCapabilities, layout, connection: this.#context.self };
    const attached = await this.#init.routing.ask(
      "attach",
      request,
      lineage === undefined ? {} : { lineage },
    );
    return attached.ok ? attached.value : refuse(attached.error.code, attached.error.message);
  }

  /** Sends the answer, then what was held back for it. */
  #release(text: string): void {
    const held = this.#held ?? [];
    this.#held = null;
    this.#init.wire.send(text);
    for (const one of held) this.#init.wire.send(one);
  }

  #refuse(re: number, error: SignalingError): void {
    this.#init.wire.send(errorFrame(re, error));
  }

  #close(code: CloseCode, reason: string): void {
    this.#init.wire.close(code, reason);
    this.closed();
  }

  /** A fresh meeting token in good time before this one expires, so that a resume is always possible. */
  #renewTokenLater(expSeconds: number): void {
    const leftMs = expSeconds * 1_000 - Date.now();
    const inMs = Math.max(1_000, leftMs - Math.min(60_000, leftMs / 3));
    this.#context.after(inMs, () => {
      const { upstream, claims } = this.#init;
      const work = upstream.ask("meetingToken", { meeting_id: claims.meeting_id, sub: claims.sub });
      void this.#context.pipe(work, (renewed) => {
        if (!renewed.ok) {
          this.#log.warn("can't renew a meeting token", { code: renewed.error.code });
          return this.#renewTokenLater(Date.now() / 1_000 + 15);
        }
        const { token, expires_in } = renewed.value;
        this.#init.meeting.tell("rebind", { connection: this.#context.self, token, expires_in });
        this.#renewTokenLater(Date.now() / 1_000 + expires_in);
      });
    });
  }
}

const withoutMedia = { assignments: [], consumers: [] };
