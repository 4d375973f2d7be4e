import { z } from "zod";
import { pageOf } from "../../shared/http/mod.ts";
import { auditCursor, auditTime, auditTypes } from "../../shared/protocol/mod.ts";
import { shownEntry } from "../audit/audit_listing.ts";
import { listAudit } from "../store/audit.ts";
import type { Command } from "./command.ts";
import { wholeNumber } from "./option_values.ts";

const count = wholeNumber(1, 200);

export const auditCommands: readonly Command[] = [{
  usage:
    "audit [--type TYPE] [--actor ID] [--subject ID] [--result RESULT] [--from TIME] [--to TIME] [--limit N] [--cursor CURSOR]",
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
        from: given.optional("from", auditTime),
        to: given.optional("to", auditTime),
      },
      given.optional("cursor", auditCursor),
      limit,
    );
    const { items, next_cursor } = pageOf(rows, limit, ({ audit_id }) => audit_id);
    return { items: items.map(shownEntry), next_cursor };
  },
}];
