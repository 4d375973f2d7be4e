import { z } from "zod";
import { type ActorContext, type ActorRef, ask, protocol } from "../../shared/actor/mod.ts";
import type { ServiceTokens } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  type ControllerRegistration,
  heartbeatAnswer,
  registrationAnswer,
} from "../../shared/protocol/mod.ts";
import type { MeetingController } from "./meeting_controller.ts";

export const Registration = protocol({
  /** Why GC doesn't know of this controller yet, in words; `null` when it does. */
  missing: ask(z.void(), z.string().nullable()),
});

export interface RegistrationInit {
  readonly globalUrl: string;
  readonly entry: ControllerRegistration;
  readonly serviceTokens: ActorRef<typeof ServiceTokens>;
  readonly shards: readonly ActorRef<typeof MeetingController>[];
}

const scope = "service.register-controller.gc";
const requestTimeoutMs = 3_000;
const firstRetryMs = 100;
const longestRetryMs = 5_000;

/** Owns this controller's entry in GC's registry: makes it, keeps it alive with heartbeats, takes it back at the end. */
export class RegistrationActor {
  static readonly protocol = Registration;
  readonly #init: RegistrationInit;
  readonly #context: ActorContext<typeof Registration>;
  readonly #log = logger("registration");
  #missing: string | null = "not registered with the global controller yet";
  #retryMs = firstRetryMs;

  constructor(init: RegistrationInit, context: ActorContext<typeof Registration>) {
    this.#init = init;
    this.#context = context;
    this.#register();
  }

  missing(): string | null {
    return this.#missing;
  }

  async onStop(): Promise<void> {
    if (this.#missing === null) await this.#send("DELETE", `/${this.#init.entry.id}`, undefined);
  }

  #register(): void {
    void this.#context.pipe(this.#send("POST", "", this.#init.entry), (answer) => {
      const accepted = registrationAnswer.safeParse(answer.body);
      if (answer.status !== 201 && answer.status !== 200 || !accepted.success) return this.#retry(answer);
      if (this.#missing !== null) this.#log.info("registered", { global_url: this.#init.globalUrl });
      this.#missing = null;
      this.#retryMs = firstRetryMs;
      this.#beatLater(accepted.data.heartbeat_interval_ms);
    });
  }

  #retry({ status, problem }: Answer): void {
    const why = problem ?? `it answered ${status}`;
    this.#missing = `can't register with the global controller: ${why}`;
    this.#log.debug("can't register yet", { problem: why });
    this.#context.after(this.#retryMs, () => this.#register());
    this.#retryMs = Math.min(this.#retryMs * 1.5, longestRetryMs);
  }

  #beatLater(intervalMs: number): void {
    this.#context.after(intervalMs, () => {
      void this.#context.pipe(this.#beat(), (answer) => {
        const known = answer.status === 200 && heartbeatAnswer.safeParse(answer.body).success;
        // GC forgot us, or never knew: it starts anew. An unanswered beat is just the next one's business.
        if (!known && answer.status === 404) return this.#register();
        if (!known) this.#log.warn("heartbeat failed", { status: answer.status, problem: answer.problem });
        this.#beatLater(intervalMs);
      });
    });
  }

  async #beat(): Promise<Answer> {
    const { shards, entry } = this.#init;
    const load = { meetings: 0, participants: 0 };
    for (
      const count of await Promise.all(
        shards.map((shard) => shard.ask("count", undefined, { timeoutMs: 1_000 })),
      )
    ) {
      if (!count.ok) continue;
      load.meetings += count.value.meetings;
      load.participants += count.value.joined + count.value.away + count.value.waiting;
    }
    return await this.#send("PUT", `/${entry.id}/heartbeat`, {
      instance_id: entry.instance_id,
      state: "ready",
      load,
    });
  }

  async #send(method: string, path: string, body: unknown): Promise<Answer> {
    const token = await this.#init.serviceTokens.ask("token", { scope });
    if (!token.ok) return { status: 0, body: null, problem: token.error.message };
    try {
      const answer = await fetch(`${this.#init.globalUrl}/api/v1/internal/meeting-controllers${path}`, {
        method,
        headers: { authorization: `Bearer ${token.value}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
    } catch (error) {
      return { status: 0, body: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }
}

interface Answer {
  /** 0: no answer. */
  readonly status: number;
  readonly body: unknown;
  readonly problem?: string;
}
