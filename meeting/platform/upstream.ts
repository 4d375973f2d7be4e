import { z } from "zod";
import {
  type ActorContext,
  type ActorRef,
  ask,
  type Body,
  fail,
  Failure,
  later,
  type MessageContext,
  protocol,
} from "../../shared/actor/mod.ts";
import { fetchAsService } from "../../shared/auth/mod.ts";
import type { ServiceTokens } from "../../shared/auth/mod.ts";
import {
  handedOver,
  meetingHandlers,
  meetingRole,
  meetingToken,
  moderationAuditEntry,
  participantType,
  takeBackRequest,
} from "../../shared/protocol/mod.ts";

/** A meeting token, and what it says of its subject. */
const freshToken = meetingToken.extend({
  claims: z.object({
    sub: z.string(),
    iat: z.number(),
    role: meetingRole,
    participant_type: participantType,
  }),
});

export type FreshToken = z.output<typeof freshToken>;

export const Upstream = protocol({
  /** A service token for the links to media handlers. */
  linkToken: ask(z.void(), z.object({ token: z.string(), expires_in_seconds: z.number() }), ["unavailable"]),
  /** A fresh meeting token for a participant of the meeting. */
  meetingToken: ask(
    z.object({ meeting_id: z.string(), sub: z.string() }),
    freshToken,
    ["unavailable", "refused"],
  ),
  /**
   * Has GC mark a meeting as ended, by one of its participants or by itself; only while this controller has its lease, of
   * this generation, or where the meeting has ended already.
   */
  endMeeting: ask(
    z.object({
      meeting_id: z.string(),
      generation: z.int(),
      by: z.object({ sub: z.string(), address: z.string() }).exactOptional(),
    }),
    z.void(),
    ["unavailable", "refused"],
  ),
  /** Has GC give a meeting of this controller to another one. Answered once that one has opened it. */
  handOver: ask(z.object({ meeting_id: z.string() }), handedOver, ["unavailable", "refused"]),
  /** Has GC give a meeting back to the shard that has handed it over. Refused once another shard has opened it. */
  takeBack: ask(takeBackRequest.extend({ meeting_id: z.string() }), z.void(), ["unavailable", "refused"]),
  /**
   * Has GC give a meeting another media handler: all that it has are full or gone. Refused where it was placed or opened
   * anew since this generation.
   */
  addHandler: ask(z.object({ meeting_id: z.string(), generation: z.int() }), meetingHandlers, [
    "unavailable",
    "refused",
  ]),
  /** Has GC keep a removal, so that the loss of the live store lets nobody in again. */
  recordRemoval: ask(
    z.object({ meeting_id: z.string(), sub: z.string(), banned: z.boolean(), at_ms: z.number() }),
    z.void(),
    ["unavailable", "refused"],
  ),
  /** Hands entries of the audit trail to GC. */
  recordAudit: ask(
    z.object({ meeting_id: z.string(), entries: z.array(moderationAuditEntry) }),
    z.void(),
    ["unavailable", "refused"],
  ),
});

export interface UpstreamInit {
  readonly globalUrl: string;
  readonly serviceTokens: ActorRef<typeof ServiceTokens>;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

const controllerScope = "service.register-controller.gc";
const tokenScope = "service.issue-meeting-token.gc";
const requestTimeoutMs = 3_000;
/** The statuses after which the same request would be refused again. */
const refusals: ReadonlySet<number> = new Set([400, 403, 410, 413]);

/** No answer, or a refusal. */
type NotDone = Failure<"unavailable" | "refused">;

/** Sends the shards' requests to AC and GC. The client secret stays in this isolate; shards never see it. */
export class UpstreamActor {
  static readonly protocol = Upstream;
  readonly #init: UpstreamInit;

  constructor(init: UpstreamInit, _context: ActorContext<typeof Upstream>) {
    this.#init = init;
  }

  linkToken(_: void, message: MessageContext) {
    const token = message.ask(this.#init.serviceTokens, "token", { scope: "service.link.mh" });
    return later(
      token.then((outcome) =>
        outcome.ok
          ? { token: outcome.value, expires_in_seconds: secondsLeft(outcome.value, this.#init.now()) }
          : fail("unavailable", outcome.error.message)
      ),
    );
  }

  meetingToken({ meeting_id, sub }: Body<typeof Upstream, "meetingToken">) {
    const given = this.#ask(tokenScope, meeting_id, "tokens", { sub }, meetingToken);
    return later(given.then((token) => token instanceof Failure ? token : withClaims(token)));
  }

  endMeeting({ meeting_id, ...body }: Body<typeof Upstream, "endMeeting">) {
    return later(this.#tell(meeting_id, "end", body));
  }

  recordRemoval({ meeting_id, ...body }: Body<typeof Upstream, "recordRemoval">) {
    return later(this.#tell(meeting_id, "removals", body));
  }

  handOver({ meeting_id }: Body<typeof Upstream, "handOver">) {
    return later(this.#ask(controllerScope, meeting_id, "hand-over", {}, handedOver));
  }

  takeBack({ meeting_id, ...body }: Body<typeof Upstream, "takeBack">) {
    return later(this.#tell(meeting_id, "take-back", body));
  }

  addHandler({ meeting_id, ...body }: Body<typeof Upstream, "addHandler">) {
    return later(this.#ask(controllerScope, meeting_id, "handlers", body, meetingHandlers));
  }

  recordAudit({ meeting_id, ...body }: Body<typeof Upstream, "recordAudit">) {
    return later(this.#tell(meeting_id, "audit", body));
  }

  async #tell(meetingId: string, what: string, body: unknown): Promise<void | NotDone> {
    const answer = await this.#post(controllerScope, meetingId, what, body);
    if (answer instanceof Failure) return answer;
  }

  async #ask<T>(
    scope: string,
    meetingId: string,
    what: string,
    body: unknown,
    schema: z.ZodType<T>,
  ): Promise<T | NotDone> {
    const answer = await this.#post(scope, meetingId, what, body);
    if (answer instanceof Failure) return answer;
    const parsed = schema.safeParse(answer);
    return parsed.success
      ? parsed.data
      : fail("unavailable", `The global controller's answer to "${what}" is not valid.`);
  }

  async #post(scope: string, meetingId: string, what: string, body: unknown): Promise<unknown | NotDone> {
    try {
      const sent = await fetchAsService(this.#init.serviceTokens, scope, {
        url: `${this.#init.globalUrl}/api/v1/internal/meetings/${encodeURIComponent(meetingId)}/${what}`,
        method: "POST",
        body,
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      if (!sent.ok) return fail("unavailable", sent.error.message);
      const answer = sent.value;
      const text = await answer.text();
      if (!answer.ok) {
        const code = refusals.has(answer.status) ? "refused" : "unavailable";
        return fail(code, `The global controller answered ${answer.status}.`);
      }
      return text === "" ? null : JSON.parse(text);
    } catch (error) {
      return fail("unavailable", error instanceof Error ? error.message : String(error));
    }
  }
}

function withClaims(given: z.output<typeof meetingToken>): FreshToken | NotDone {
  const fresh = freshToken.safeParse({ ...given, claims: claimsOf(given.token) });
  return fresh.success ? fresh.data : fail("unavailable", "The global controller's token can't be read.");
}

/** Seconds until a token's `exp`. */
function secondsLeft(token: string, nowMs: number): number {
  const claims = z.object({ exp: z.number() }).safeParse(claimsOf(token));
  return claims.success ? Math.max(1, claims.data.exp - nowMs / 1_000) : 1;
}

/** The claims of a token that AC or GC has just given to us; it needs no verification here. Undefined for no token. */
function claimsOf(token: string): unknown {
  const [, payload = ""] = token.split(".");
  try {
    return JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(payload, { alphabet: "base64url" })),
    );
  } catch {
    return undefined;
  }
}
