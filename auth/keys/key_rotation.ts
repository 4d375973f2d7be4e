import { z } from "zod";
import { ask, fail, protocol } from "../../shared/actor/mod.ts";
import type { ActorContext, ActorRef, Failure } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { isUnavailable } from "../../shared/store/mod.ts";
import type { AuditEntry, OnChange, RecordWithin } from "../store/audit_entry.ts";
import type { SigningKeyRow } from "../store/schema.ts";
import { makeNextKey } from "./change_keys.ts";
import type { KeyStore } from "./change_keys.ts";
import type { OnStep } from "./rotation_steps.ts";
import type { SigningKeyUser } from "./signing_key_user.ts";
import { retireKeys, type Rotated, usableKeys } from "./stored_signing_keys.ts";

const rotation = z.object({ kid: z.string(), previousKid: z.string().optional() });
export type RotationDone = z.infer<typeof rotation>;

export const KeyRotation = protocol({
  /** Answered as soon as there is a key. */
  ensure: ask(z.undefined(), z.undefined()),
  /**
   * Makes a new key, unless the newest is younger than `minimumAgeMs`: `too_soon` says in `details` how many
   * milliseconds to wait.
   */
  rotate: ask(
    z.object({ minimumAgeMs: z.number(), actor: z.string(), address: z.string() }),
    rotation,
    ["too_soon", "unavailable"],
  ),
});

export interface KeyRotationInit extends KeyStore {
  /** A new key this long after the last one. */
  readonly periodMs: number;
  /** How often it is looked at whether that time has come. */
  readonly checkMs: number;
  readonly issuer: ActorRef<typeof SigningKeyUser>;
  readonly recordWithin: RecordWithin;
  readonly onRotated: (result: "ok" | "failed") => void;
  /** Told which keys there are, the newest first. */
  readonly onKeys: (keys: readonly SigningKeyRow[]) => void;
  /** Told of the steps of a rotation that is asked for. */
  readonly onStep?: OnStep;
}

/** A wall clock that went this much further than time did was set, and is not acted on before it has held. */
const JUMP_MS = 30_000;

/** Owns the schedule by which keys follow one another. */
export class KeyRotationActor {
  static readonly protocol = KeyRotation;
  readonly #init: KeyRotationInit;
  readonly #context: ActorContext<typeof KeyRotation>;
  readonly #log = logger("key_rotation");
  /** How far the wall clock is ahead of the monotonic one, at the last look. */
  #offsetMs: number;

  constructor(init: KeyRotationInit, context: ActorContext<typeof KeyRotation>) {
    this.#init = init;
    this.#context = context;
    this.#offsetMs = init.now() - context.clock.now();
    context.every(init.checkMs, () => this.#check());
  }

  /** There must be a key before anybody is answered; a database that can't give one is a crash, and tried again. */
  async onStart(): Promise<void> {
    await this.#rotate(this.#init.periodMs, "system", "local");
    await this.#retire();
    await this.#tellKeys();
  }

  ensure(): undefined {}

  async rotate(
    request: { minimumAgeMs: number; actor: string; address: string },
  ): Promise<RotationDone | Failure<"too_soon" | "unavailable">> {
    const { onStep, onRotated } = this.#init;
    try {
      const outcome = await this.#rotate(request.minimumAgeMs, request.actor, request.address, onStep);
      await this.#tellKeys();
      await onStep?.("told");
      return outcome;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      this.#log.error("keys could not be rotated", { error });
      onRotated("failed");
      return fail("unavailable", "The database does not answer");
    }
  }

  async #check(): Promise<void> {
    const offsetMs = this.#init.now() - this.#context.clock.now();
    const jumpMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (Math.abs(jumpMs) > JUMP_MS) {
      return this.#log.warn("the clock jumped: keys stay as they are for now", { jump_ms: jumpMs });
    }
    try {
      await this.#rotate(this.#init.periodMs, "system", "local");
      await this.#retire();
      await this.#tellKeys();
    } catch (error) {
      this.#log.error("keys could not be rotated", { error });
      this.#init.onRotated("failed");
    }
  }

  async #rotate(
    minimumAgeMs: number,
    actor: string,
    address: string,
    onStep?: OnStep,
  ): Promise<RotationDone | Failure<"too_soon">> {
    const { recordWithin } = this.#init;
    const record: OnChange<[Rotated]> = (queries, { kid, previousKid }) =>
      recordWithin(
        queries,
        entry("key_generated", kid, actor, address),
        ...previousKid === undefined ? [] : [entry("key_rotated", previousKid, actor, address)],
      );
    const outcome = await makeNextKey(this.#init, minimumAgeMs, record, onStep);
    if (!outcome.done) return fail("too_soon", "The newest key is too young", { waitMs: outcome.waitMs });
    const { kid, previousKid } = outcome;
    this.#init.onRotated("ok");
    this.#log.info("a new signing key was made", { kid, previous_kid: previousKid });
    return { kid, ...(previousKid === undefined ? {} : { previousKid }) };
  }

  async #retire(): Promise<void> {
    const { store, now, recordWithin } = this.#init;
    const retired = await retireKeys(
      store,
      now(),
      (queries, kids) =>
        recordWithin(queries, ...kids.map((kid) => entry("key_retired", kid, "system", "local"))),
    );
    for (const kid of retired) this.#log.info("a signing key was retired", { kid });
  }

  /** The issuer has the keys before anybody hears of them. */
  async #tellKeys(): Promise<void> {
    const { store, now, onKeys, issuer } = this.#init;
    onKeys(await usableKeys(store.queries, now()));
    await this.#context.ask(issuer, "reload", undefined);
  }
}

function entry(type: AuditEntry["type"], subject: string, actor: string, address: string): AuditEntry {
  return { type, actor, subject, organization_id: null, address, result: "ok" };
}
