import type { Kysely } from "kysely";
import type { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import { type Lease, lease, type Leases, type MeetingFacts } from "../ports/leases.ts";
import { hasEnded } from "./ends.ts";
import type { LeaseRow, LiveTables } from "./tables.ts";

type Assign = z.output<typeof Leases.assign.input>;
type Acquire = z.output<typeof Leases.acquire.input>;

export async function leaseOf(db: Kysely<LiveTables>, meetingId: string): Promise<Lease | null> {
  const row = await db.selectFrom("leases").selectAll().where("meeting_id", "=", meetingId)
    .executeTakeFirst();
  return row === undefined ? null : toLease(row);
}

export function placed(db: Kysely<LiveTables>, meetingIds: readonly string[]) {
  return db.selectFrom("leases").select(["meeting_id", "controller_id", "instance_id"])
    .where("meeting_id", "in", meetingIds).execute();
}

/** Places a meeting by comparing and setting: of two that try at once, one gets `changed`. */
export async function assign(
  db: Kysely<LiveTables>,
  { meeting_id, controller_id, instance_id, shard, handlers, facts, expected_generation }: Assign,
): Promise<Lease | Failure<"changed" | "ended">> {
  const place = {
    controller_id,
    instance_id,
    shard,
    handlers: JSON.stringify(handlers),
    facts: JSON.stringify(facts),
  };
  return await db.transaction().execute(async (t) => {
    if (await hasEnded(t, meeting_id)) {
      return fail("ended", `Cannot place meeting "${meeting_id}": it has ended`);
    }
    const row = expected_generation === 0
      ? await t.insertInto("leases")
        .values((eb) => ({
          meeting_id,
          ...place,
          generation: eb.selectFrom("released_fence").select((f) => f("generation", "+", 1).as("generation")),
        }))
        .onConflict((conflict) => conflict.column("meeting_id").doNothing())
        .returningAll().executeTakeFirst()
      : await t.updateTable("leases")
        .set((eb) => ({ ...place, generation: eb("generation", "+", 1) }))
        .where("meeting_id", "=", meeting_id).where("generation", "=", expected_generation)
        .returningAll().executeTakeFirst();
    return row === undefined
      ? fail("changed", `Cannot place meeting "${meeting_id}": somebody else just did`)
      : toLease(row);
  });
}

/** Opens a meeting on the shard that it was placed on, unless it has ended. */
export async function acquire(
  db: Kysely<LiveTables>,
  { meeting_id, controller_id, instance_id, shard }: Acquire,
): Promise<Lease | Failure<"not_here">> {
  return await db.transaction().execute(async (t) => {
    if (await hasEnded(t, meeting_id)) {
      return fail("not_here", `Cannot open meeting "${meeting_id}": it has ended`);
    }
    const row = await t.updateTable("leases").set((eb) => ({ generation: eb("generation", "+", 1) }))
      .where("meeting_id", "=", meeting_id).where("controller_id", "=", controller_id)
      .where("instance_id", "=", instance_id).where("shard", "=", shard)
      .returningAll().executeTakeFirst();
    return row === undefined
      ? fail("not_here", `Cannot open meeting "${meeting_id}": it was not placed on this shard`)
      : toLease(row);
  });
}

export async function updateFacts(
  db: Kysely<LiveTables>,
  meetingId: string,
  facts: MeetingFacts,
): Promise<void | Failure<"unknown">> {
  const row = await db.updateTable("leases").set({ facts: JSON.stringify(facts) })
    .where("meeting_id", "=", meetingId).returning("meeting_id").executeTakeFirst();
  if (row === undefined) return fail("unknown", `Meeting "${meetingId}" is not placed`);
}

/** Deletes a meeting's lease, snapshot and chat, if it has any. Its next lease starts at a higher generation. */
export async function release(
  db: Kysely<LiveTables>,
  meetingId: string,
  generation: number,
): Promise<void | Failure<"fenced">> {
  return await db.transaction().execute(async (t) => {
    const row = await t.selectFrom("leases").select("generation")
      .where("meeting_id", "=", meetingId).executeTakeFirst();
    if (row === undefined) return;
    if (row.generation !== generation) {
      return fail("fenced", `Cannot release meeting "${meetingId}": it was opened anew since`);
    }
    await t.deleteFrom("leases").where("meeting_id", "=", meetingId).execute();
    await t.deleteFrom("snapshots").where("meeting_id", "=", meetingId).execute();
    await t.deleteFrom("chat").where("meeting_id", "=", meetingId).execute();
    await t.updateTable("released_fence").set({ generation }).where("generation", "<", generation).execute();
  });
}

function toLease({ handlers, facts, ...rest }: LeaseRow): Lease {
  return lease.parse({ ...rest, handlers: JSON.parse(handlers), facts: JSON.parse(facts) });
}
