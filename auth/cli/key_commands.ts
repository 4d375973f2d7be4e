import { z } from "zod";
import { dropKey, makeNextKey } from "../keys/change_keys.ts";
import { signingKeyAt, usableKeys } from "../keys/stored_signing_keys.ts";
import { UsageError } from "./arguments.ts";
import type { Command, Workplace } from "./command.ts";

async function revoke(place: Workplace, kid: string) {
  const dropped = await dropKey(place, kid, async (queries, { successor, isNew }) => {
    await place.recordWithin(queries, { type: "key_revoked", subject: kid });
    if (successor === undefined || !isNew) return;
    await place.recordWithin(queries, { type: "key_generated", subject: successor });
  });
  if (dropped === undefined) throw new UsageError(`there is no key "${kid}" that could be revoked`);
  const { successor } = dropped;
  const signing = signingKeyAt(await usableKeys(place.store.queries, place.now()), place.now());
  return { revoked: kid, successor: successor ?? null, signs: signing?.kid ?? null };
}

export const keyCommands: readonly Command[] = [{
  usage: "keys",
  summary: "shows the signing keys, the newest first",
  async run({ store, now }) {
    const keys = await usableKeys(store.queries, now());
    const signing = signingKeyAt(keys, now());
    return keys.map(({ kid, created_at, active_from, retires_at }) => ({
      kid,
      signs: kid === signing?.kid,
      created_at: new Date(created_at).toISOString(),
      active_from: new Date(active_from).toISOString(),
      retires_at: retires_at === null ? null : new Date(retires_at).toISOString(),
    }));
  },
}, {
  usage: "rotate-keys [--revoke KID]",
  summary: "makes the next signing key; with --revoke drops one at once",
  async run(place, given) {
    const revoked = given.optional("revoke", z.string().min(1).max(64));
    if (revoked !== undefined) return await revoke(place, revoked);
    const outcome = await makeNextKey(place, 0, async (queries, { kid, previousKid }) => {
      await place.recordWithin(queries, { type: "key_generated", subject: kid });
      if (previousKid === undefined) return;
      await place.recordWithin(queries, { type: "key_rotated", subject: previousKid });
    });
    if (!outcome.done) {
      const seconds = Math.ceil(outcome.waitMs / 1000);
      throw new UsageError(`there are as many keys as verifiers take: try again in ${seconds} s`);
    }
    const { kid, activeFrom, previousKid } = outcome;
    return { kid, previous_kid: previousKid ?? null, signs_from: new Date(activeFrom).toISOString() };
  },
}];
