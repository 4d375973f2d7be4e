import { type Kysely, sql } from "kysely";
import { KEEP_REPLACED_MS } from "../ports/registrations.ts";
import type { LiveTables, ProcessRow } from "./tables.ts";

type Instance = Pick<ProcessRow, "kind" | "id" | "instance_id">;

/** Whether another instance has taken this one's place. */
export async function isReplaced(
  db: Kysely<LiveTables>,
  { kind, id, instance_id }: Instance,
): Promise<boolean> {
  const row = await db.selectFrom("replaced_instances").select("instance_id")
    .where("kind", "=", kind).where("id", "=", id).where("instance_id", "=", instance_id).executeTakeFirst();
  return row !== undefined;
}

/** Notes that another instance takes this one's place, by the file's own clock. */
export async function rememberReplaced(
  db: Kysely<LiveTables>,
  { kind, id, instance_id }: Instance,
): Promise<void> {
  const now = sql<number>`unixepoch() * 1000`;
  await db.deleteFrom("replaced_instances").where(
    "replaced_ms",
    "<",
    sql<number>`${now} - ${KEEP_REPLACED_MS}`,
  )
    .execute();
  await db.insertInto("replaced_instances").values({ kind, id, instance_id, replaced_ms: now }).execute();
}
