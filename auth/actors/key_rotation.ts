import { z } from "zod";
import { ask, fail, protocol } from "../../shared/actor/mod.ts";
import type { ActorContext, ActorRef, Failure } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { Store } from "../../shared/store/mod.ts";
import type { Keyring } from "../keys/keyring.ts";
import { generateSigningKey } from "../keys/signing_key.ts";
import type { Tables } from "../store/schema.ts";
import { retireKeys, rotateKeys } from "../store/signing_keys.ts";
import type { RotationTimes } from "../store/signing_keys.ts";
import type { AuditTrail } from "./audit_trail.ts";
import type { TokenIssuer } from "./token_issuer.ts";

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
    ["too_soon"],
  ),
});

export interface KeyRotationInit {
  readonly store: Store<Tables>;
  readonly keyring: Keyring;
  readonly times: RotationTimes;
  /** A new key this long after the last one. */
  readonly periodMs: number;
  /** How often it is looked at whether that time has come. */
  readonly checkMs: number;
  readonly issuer: ActorRef<typeof TokenIssuer>;
  readonly audit: ActorRef<typeof AuditTrail>;
  readonly onRotated: (result: "ok" | "failed") => void;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** Owns the schedule by which keys follow one another. */
export class KeyRotationActor {
  static readonly protocol = KeyRotation;
  readonly #init: KeyRotationInit;
  readonly #log = logger("key_rotation");

  constructor(init: KeyRotationInit, context: ActorContext<typeof KeyRotation>) {
    this.#init = init;
    context.every(init.checkMs, () => this.#check());
  }

  /** There must be a key before anybody is answered; a database that can't give one is a crash, and tried again. */
  async onStart(): Promise<void> {
    await this.#rotate(this.#init.periodMs, "system", "local");
    await this.#retire();
  }

  ensure(): undefined {}

  async rotate(
    request: { minimumAgeMs: number; actor: string; address: string },
  ): Promise<RotationDone | Failure<"too_soon">> {
    return await this.#rotate(request.minimumAgeMs, request.actor, request.address);
  }

  async #check(): Promise<void> {
    try {
      await this.#rotate(this.#init.periodMs, "system", "local");
      await this.#retire();
    } catch (error) {
      this.#log.error("keys could not be rotated", { error });
      this.#init.onRotated("failed");
    }
  }

  async #rotate(
    minimumAgeMs: number,
    actor: string,
    address: string,
  ): Promise<RotationDone | Failure<"too_soon">> {
    const { store, keyring, times, now, issuer, audit } = this.#init;
    const fresh = await generateSigningKey(keyring);
    const outcome = await rotateKeys(store, fresh, now(), minimumAgeMs, times);
    if (!outcome.done) return fail("too_soon", "The newest key is too young", { waitMs: outcome.waitMs });
    const { kid, previousKid } = outcome;
    issuer.tell("keysChanged", undefined);
    audit.tell("record", {
      type: "key_generated",
      actor,
      subject: kid,
      organization_id: null,
      address,
      result: "ok",
    });
    this.#init.onRotated("ok");
    this.#log.info("a new signing key was made", { kid, previous_kid: previousKid });
    return { kid, ...(previousKid === undefined ? {} : { previousKid }) };
  }

  async #retire(): Promise<void> {
    for (const kid of await retireKeys(this.#init.store, this.#init.now())) {
      this.#log.info("a signing key was retired", { kid });
      this.#init.audit.tell("record", {
        type: "key_retired",
        actor: "system",
        subject: kid,
        organization_id: null,
        address: "local",
        result: "ok",
      });
    }
  }
}
