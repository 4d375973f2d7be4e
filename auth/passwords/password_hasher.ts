import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";
import { hashPassword, isPasswordOf } from "./password_hash.ts";

const PasswordHasher = protocol({
  hash: ask(z.object({ password: z.string() }), z.string()),
  verify: ask(z.object({ password: z.string(), hash: z.string() }), z.boolean()),
});

/** Hashes one password at a time, holding up its isolate meanwhile: it lives in a Worker. Several make the pool. */
export class PasswordHasherActor {
  static readonly protocol = PasswordHasher;

  constructor(_init: undefined) {}

  hash({ password }: { password: string }): string {
    return hashPassword(password);
  }

  verify({ password, hash }: { password: string; hash: string }): boolean {
    return isPasswordOf(hash, password);
  }
}
