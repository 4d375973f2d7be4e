import { z } from "zod";
import { pageOf } from "../../shared/http/mod.ts";
import { auditTypes } from "../actors/audit_trail.ts";
import { auditCursor, shownEntry } from "../admin/audit.ts";
import { dropKey, makeNextKey } from "../keys/change_keys.ts";
import { listAudit } from "../store/audit.ts";
import { signingKeyAt, usableKeys } from "../store/signing_keys.ts";
import { UsageError } from "./arguments.ts";
import type { Command, Workplace } from "./command.ts";

const count = z.coerce.number().int().min(1).max(200);

async function revoke(place: Workplace, kid: string) {
  const dropped = await dropKey(place, kid);
  if (dropped === undefined) throw new UsageError(`there is no key "${kid}" that could be revoked`);
  await place.record({ type: "key_revoked", subject: kid });
  const { successor, isNew } = dropped;
  if (successor !== undefined && isNew) await place.record({ type: "key_generated", subject: successor });
  return { revoked: kid, successor: successor ?? null };
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
    const outcome = await makeNextKey(place, 0);
    if (!outcome.done) {
      const seconds = Math.ceil(outcome.waitMs / 1000);
      throw new UsageError(`there are as many keys as verifiers take: try again in ${seconds} s`);
    }
    const { kid, previousKid } = outcome;
    await place.record({ type: "key_generated", subject: kid });
    if (previousKid !== undefined) await place.record({ type: "key_rotated", subject: previousKid });
    return { kid, previous_kid: previousKid ?? null };
  },
}, {
  usage: "audit [--type TYPE] [--actor ID] [--subject ID] [--result RESULT] [--limit N] [--cursor CURSOR]",
  summary: "shows who did what, the newest first",
  async run({ store }, given) {
    const limit = given.optional("limit", count) ?? 50;
    const text = z.string().min(1).max(64);
    const rows = await listAudit(
      store,
      {
        type: given.optional("type", z.enum(auditTypes)),
        actor: given.optional("actor", text),
        subject: given.optional("subject", text),
        result: given.optional("result", text),
      },
      given.optional("cursor", auditCursor),
      limit,
    );
    const { items, next_cursor } = pageOf(rows, limit, ({ audit_id }) => audit_id);
    return { items: items.map(shownEntry), next_cursor };
  },
}];
