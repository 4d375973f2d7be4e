import { type ExpressionBuilder, type Kysely, sql } from "kysely";
import type { z } from "zod";
import { isUnavailable } from "../../is_unavailable.ts";
import { GENERATIONS_PER_TERM, type Leases, MOST_LEASES, NOTE_USE_MS } from "../ports/leases.ts";
import type { LiveTables } from "./tables.ts";

type Hold = z.output<typeof Leases.hold.input>;
type Unused = z.output<typeof Leases.unused.input>;
type Forget = z.output<typeof Leases.forget.input>;

/** By the file's own clock. */
export const NOW_MS = sql<number>`(unixepoch() * 1000)`;

const placed = ["meeting_id", "controller_id", "instance_id", "shard", "generation"] as const;

/** Which of these meetings are placed; notes that those that are placed on this instance are in use. */
export async function hold(
  db: Kysely<LiveTables>,
  { meeting_ids, controller_id, instance_id }: Hold,
) {
  const rows = await db.selectFrom("leases").select(placed)
    .select(sql<number>`used_ms <= ${NOW_MS} - ${NOTE_USE_MS}`.as("is_due"))
    .where("meeting_id", "in", meeting_ids).execute();
  const due = rows.filter((row) =>
    row.is_due === 1 && row.controller_id === controller_id && row.instance_id === instance_id
  ).map(({ meeting_id }) => meeting_id);
  if (due.length > 0) await note(db, due, { controller_id, instance_id });
  return rows.map(({ is_due: _, ...lease }) => lease);
}

async function note(
  db: Kysely<LiveTables>,
  due: readonly string[],
  { controller_id, instance_id }: Pick<Hold, "controller_id" | "instance_id">,
): Promise<void> {
  try {
    await db.updateTable("leases").set({ used_ms: NOW_MS }).where("meeting_id", "in", due)
      .where("controller_id", "=", controller_id).where("instance_id", "=", instance_id).execute();
  } catch (error) {
    // Who is placed where can be read all the same, and this is tried again in a moment.
    if (!isUnavailable(error)) throw error;
  }
}

export function unused(db: Kysely<LiveTables>, since: Unused) {
  return db.selectFrom("leases").select(placed).where(isUnused(since)).limit(MOST_LEASES).execute();
}

export async function forget(db: Kysely<LiveTables>, { meeting_ids, ...since }: Forget): Promise<void> {
  await db.transaction().execute(async (t) => {
    const gone = await t.deleteFrom("leases").where("meeting_id", "in", meeting_ids).where(isUnused(since))
      .returning("meeting_id").execute();
    const ids = gone.map(({ meeting_id }) => meeting_id);
    if (ids.length === 0) return;
    await t.deleteFrom("snapshots").where("meeting_id", "in", ids).execute();
    await t.deleteFrom("chat").where("meeting_id", "in", ids).execute();
  });
}

function isUnused({ unused_ms, unopened_ms }: Unused) {
  return (eb: ExpressionBuilder<LiveTables, "leases">) =>
    eb.and([
      eb("used_ms", ">", 0),
      eb.or([
        eb("used_ms", "<=", sql<number>`${NOW_MS} - ${unused_ms}`),
        eb.and([
          eb("used_ms", "<=", sql<number>`${NOW_MS} - ${unopened_ms}`),
          eb(sql<number>`generation % ${GENERATIONS_PER_TERM}`, "=", 0),
        ]),
      ]),
    ]);
}
