import { z } from "zod";
import { type ActorContext, type ActorRef, ask, nothing, protocol, tell } from "../actor/mod.ts";
import type { ServiceRequest, ServiceTokens } from "../auth/mod.ts";
import { backoffMs } from "../backoff.ts";
import { logger } from "../log/mod.ts";
import {
  type ControllerRegistration,
  errorBody,
  type HandlerRegistration,
  heartbeatAnswer,
  registrationAnswer,
} from "../protocol/rest.ts";
import { type Answer, callRegistry } from "./call_registry.ts";

export const Registration = protocol({
  /** Why the Global Controller sends nobody here at the moment; `null` when it does. */
  obstacle: ask(nothing, z.string().nullable()),
  /** Starts draining: the next heartbeat, sent at once, tells the Global Controller to send nothing new here. */
  drain: tell(nothing),
});

export interface RegistrationInit {
  readonly globalUrl: string;
  /** The registry's list for this kind of process, and the scope that it takes to be in it. */
  readonly list: "media-handlers" | "meeting-controllers";
  readonly scope: string;
  readonly registration: HandlerRegistration | ControllerRegistration;
  readonly tokens: ActorRef<typeof ServiceTokens>;
  /** How full this process is, for the heartbeat; `undefined` when it can't be told. */
  readonly load: () => Promise<Readonly<Record<string, number>> | undefined>;
  /** Called at each heartbeat with the ids of the keys that tokens are verified by. */
  readonly onKeyIds: (keyIds: readonly string[]) => void;
  /** Called once, when the Global Controller has this process drain. */
  readonly onDraining?: () => void;
  /** Called with the reason, in words, when another process has taken this one's id: this one can't come back. */
  readonly onReplaced: (reason: string) => void;
  readonly fetch?: typeof fetch;
}

/** The first and the longest pause after a failed attempt. */
const minRetryMs = 100;
const maxRetryMs = 5_000;
/** The time limit of the last request: the end of the process is not held up by a GC that doesn't answer. */
const leaveTimeoutMs = 1_500;
/** The Global Controller's code for a process that came after this one under the same id. */
const replacedCode = "INSTANCE_REPLACED";

/** Owns this process's entry in the Global Controller's registry: registers, sends heartbeats, leaves at the end. */
export class RegistrationActor {
  static readonly protocol = Registration;
  readonly #init: RegistrationInit;
  readonly #context: ActorContext<typeof Registration>;
  readonly #log = logger("registration");
  #obstacle: string | null = "not registered with the Global Controller yet";
  #intervalMs = maxRetryMs;
  #timeoutMs = Infinity;
  /** The time of the last good answer, on the actor's clock. */
  #heardMs = -Infinity;
  #failures = 0;
  /** Why the last request to the Global Controller failed. */
  #lastFailure = "none was sent in time";
  /** Whether this process wants to drain, and whether the Global Controller has it drain. */
  #isDraining = false;
  #isDrained = false;
  /** Cancels the wait for the next heartbeat, when there is one. */
  #cancelWait: (() => void) | undefined;

  constructor(init: RegistrationInit, context: ActorContext<typeof Registration>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    this.#register();
  }

  async onStop(): Promise<void> {
    if (this.#heardMs === -Infinity) return;
    // With the instance, a late request doesn't remove the entry of the next instance.
    const instance = `?instance_id=${encodeURIComponent(this.#init.registration.instance_id)}`;
    const answer = await this.#call("DELETE", instance, undefined, leaveTimeoutMs);
    if (answer.status === 204 || answer.status === 200) this.#log.info("left the registry");
    else this.#log.warn("could not leave the registry", { status: answer.status, reason: answer.reason });
  }

  drain(): void {
    this.#isDraining = true;
    if (this.#cancelWait === undefined) return;
    this.#cancelWait();
    this.#heartbeat();
  }

  obstacle(): string | null {
    if (this.#drains) return "draining";
    const silentMs = this.#context.clock.now() - this.#heardMs;
    if (this.#obstacle !== null || silentMs <= this.#timeoutMs) return this.#obstacle;
    return `the Global Controller takes no heartbeats: ${this.#lastFailure}`;
  }

  /** Whoever has it drain: the registry may forget that with the entry, and this process goes on draining. */
  get #drains(): boolean {
    return this.#isDraining || this.#isDrained;
  }

  #register(): void {
    this.#context.pipe(this.#call("POST", null, this.#init.registration), (answer) => {
      if (errorBody.safeParse(answer.body).data?.error.code === replacedCode) return this.#replaced();
      const parsed = registrationAnswer.safeParse(answer.body);
      if (answer.status < 200 || answer.status > 299 || !parsed.success) {
        this.#failed("could not register with the Global Controller", answer);
        this.#obstacle = `not registered with the Global Controller: ${answer.reason}`;
        this.#context.after(this.#retryMs(), () => this.#register());
        return;
      }
      this.#intervalMs = parsed.data.heartbeat_interval_ms;
      this.#timeoutMs = parsed.data.timeout_ms;
      this.#heard();
      this.#log.info("registered with the Global Controller", { interval_ms: this.#intervalMs });
      this.#heartbeatAfter(this.#drains ? 0 : this.#intervalMs);
    });
  }

  /** The entry is the other's: to register again would take it away from that one, and so on by turns. */
  #replaced(): void {
    this.#heardMs = -Infinity;
    const { id } = this.#init.registration;
    this.#obstacle = `another process has registered as "${id}" since this one did`;
    this.#init.onReplaced(`${this.#obstacle}; where both are to run, each needs an id of its own`);
  }

  #heartbeatAfter(delayMs: number): void {
    this.#cancelWait = this.#context.after(delayMs, () => this.#heartbeat());
  }

  #heartbeat(): void {
    this.#cancelWait = undefined;
    const sentDraining = this.#isDraining;
    this.#context.pipe(this.#beat(), (answer) => {
      if (answer.status === 404 || answer.status === 409) {
        this.#obstacle = "the Global Controller has forgotten this process";
        this.#log.warn("the Global Controller doesn't know this process: registering anew");
        return this.#register();
      }
      const parsed = heartbeatAnswer.safeParse(answer.body);
      if (answer.status === 200 && parsed.success) {
        this.#heard();
        if (parsed.data.key_ids !== undefined) this.#init.onKeyIds(parsed.data.key_ids);
        if (parsed.data.state === "draining") this.#drained();
        return this.#heartbeatAfter(this.#isDraining && !sentDraining ? 0 : this.#intervalMs);
      }
      this.#failed("a heartbeat failed", answer);
      this.#heartbeatAfter(Math.min(this.#retryMs(), this.#intervalMs));
    });
  }

  async #beat(): Promise<Answer> {
    const { registration, load: read } = this.#init;
    const load = await read();
    if (load === undefined) return { status: 0, body: undefined, reason: "the load can't be told" };
    return await this.#call("PUT", "/heartbeat", {
      instance_id: registration.instance_id,
      state: this.#drains ? "draining" : "ready",
      load,
    });
  }

  #drained(): void {
    if (this.#isDrained) return;
    this.#isDrained = true;
    if (this.#isDraining) return;
    this.#log.info("the Global Controller has this process drain");
    this.#init.onDraining?.();
  }

  /** `path` is below this process's entry, or `null` for the list of all. */
  #call(
    method: ServiceRequest["method"],
    path: string | null,
    body?: unknown,
    timeoutMs?: number,
  ): Promise<Answer> {
    const { globalUrl, list, scope, registration, tokens, fetch: request = fetch } = this.#init;
    const entry = path === null ? "" : `/${encodeURIComponent(registration.id)}${path}`;
    return callRegistry(tokens, scope, {
      url: `${globalUrl}/api/v1/internal/${list}${entry}`,
      method,
      body,
      fetch: request,
      signal: AbortSignal.timeout(timeoutMs ?? 3_000),
    });
  }

  #heard(): void {
    this.#heardMs = this.#context.clock.now();
    this.#obstacle = null;
    this.#failures = 0;
  }

  #failed(what: string, { status, reason }: Answer): void {
    this.#lastFailure = reason;
    if (this.#failures++ === 0) this.#log.warn(what, { status, reason });
  }

  #retryMs(): number {
    const { random } = this.#context;
    return backoffMs(this.#failures, { firstMs: minRetryMs, longestMs: maxRetryMs, random });
  }
}
