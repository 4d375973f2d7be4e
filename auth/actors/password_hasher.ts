import { hash, verify } from "@node-rs/argon2";
import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";

export const PasswordHasher = protocol({
  hash: ask(z.object({ password: z.string() }), z.string()),
  verify: ask(z.object({ password: z.string(), hash: z.string() }), z.boolean()),
});

/** Argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane: OWASP's second recommendation. `Algorithm.Argon2id` is 2. */
const OPTIONS = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** Hashes one password at a time, off the main thread; several of these make the pool. */
export class PasswordHasherActor {
  static readonly protocol = PasswordHasher;

  constructor(_init: undefined) {}

  hash({ password }: { password: string }): Promise<string> {
    return hash(password.normalize("NFC"), OPTIONS);
  }

  verify({ password, hash }: { password: string; hash: string }): Promise<boolean> {
    return verify(hash, password.normalize("NFC"));
  }
}
