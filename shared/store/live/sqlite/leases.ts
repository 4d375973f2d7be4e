import type { Kysely } from "kysely";
import type { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import {
  firstGeneration,
  type Lease,
  lease,
  type Leases,
  type MeetingFacts,
  NO_INSTANCE,
} from "../ports/leases.ts";
import { hasEnded } from "./ends.ts";
import { highestGeneration, rememberReleased } from "./released.ts";
import type { LeaseRow, LiveTables } from "./tables.ts";
import { NOW_MS } from "./unused.ts";

type Assign = z.output<typeof Leases.assign.input>;
type Acquire = z.output<typeof Leases.acquire.input>;
type Place = z.output<typeof Leases.placedOn.input>;

export async function leaseOf(db: Kysely<LiveTables>, meetingId: string): Promise<Lease | null> {
  const row = await db.selectFrom("leases").selectAll().where("meeting_id", "=", meetingId)
    .executeTakeFirst();
  return row === undefined ? null : toLease(row);
}

export function placed(db: Kysely<LiveTables>, meetingIds: readonly string[]) {
  return db.selectFrom("leases").select(["meeting_id", "controller_id", "instance_id", "shard", "generation"])
    .where("meeting_id", "in", meetingIds).execute();
}

export async function placedOn(
  db: Kysely<LiveTables>,
  { controller_id, instance_id, shard }: Place,
): Promise<string[]> {
  const rows = await db.selectFrom("leases").select("meeting_id")
    .where("controller_id", "=", controller_id).where("instance_id", "=", instance_id)
    .where("shard", "=", shard).execute();
  return rows.map(({ meeting_id }) => meeting_id);
}

/** Places a meeting by comparing and setting: of two that try at once, one gets `changed`. */
export async function assign(
  db: Kysely<LiveTables>,
  { meeting_id, controller_id, instance_id, shard, handlers, facts, expected_generation, term }: Assign,
): Promise<Lease | Failure<"changed" | "ended">> {
  const place = {
    controller_id,
    instance_id,
    shard,
    handlers: JSON.stringify(handlers),
    facts: JSON.stringify(facts),
    generation: firstGeneration(term),
    written_back: 0,
    used_ms: NOW_MS,
  };
  return await db.transaction().execute(async (t) => {
    if (await hasEnded(t, meeting_id)) {
      return fail("ended", `Cannot place meeting "${meeting_id}": it has ended`);
    }
    const known = await t.selectFrom("leases").select("generation").where("meeting_id", "=", meeting_id)
      .executeTakeFirst();
    const isChanged = (known?.generation ?? 0) !== expected_generation ||
      await highestGeneration(t, meeting_id) >= place.generation;
    if (isChanged) return fail("changed", `Cannot place meeting "${meeting_id}": somebody else just did`);
    const row = await t.insertInto("leases").values({ meeting_id, ...place })
      .onConflict((conflict) => conflict.column("meeting_id").doUpdateSet(place))
      .returningAll().executeTakeFirstOrThrow();
    return toLease(row);
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
    const row = await t.updateTable("leases")
      .set((eb) => ({ generation: eb("generation", "+", 1), used_ms: NOW_MS }))
      .where("meeting_id", "=", meeting_id).where("controller_id", "=", controller_id)
      .where("instance_id", "=", instance_id).where("shard", "=", shard)
      .returningAll().executeTakeFirst();
    if (row === undefined) {
      return fail("not_here", `Cannot open meeting "${meeting_id}": it was not placed on this shard`);
    }
    if (row.written_back === 0) return toLease(row);
    // Whether this generation was given before the loss, nobody knows.
    await t.updateTable("leases").set({ instance_id: NO_INSTANCE, generation: row.generation - 1 })
      .where("meeting_id", "=", meeting_id).execute();
    return fail(
      "not_here",
      `Cannot open meeting "${meeting_id}": the store had lost it, it has to be placed anew`,
    );
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

export async function updateHandlers(
  db: Kysely<LiveTables>,
  { meeting_id, generation, handlers }: Pick<Lease, "meeting_id" | "generation" | "handlers">,
): Promise<void | Failure<"fenced">> {
  const row = await db.updateTable("leases").set({ handlers: JSON.stringify(handlers) })
    .where("meeting_id", "=", meeting_id).where("generation", "=", generation)
    .returning("meeting_id").executeTakeFirst();
  if (row === undefined) return fail("fenced", `Meeting "${meeting_id}" was placed or opened anew since`);
}

/** Deletes a meeting's lease, snapshot and chat, if it has any. Its generation is remembered for a while. */
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
    await rememberReleased(t, meetingId, generation);
  });
}

function toLease({ handlers, facts, written_back: _, used_ms: __, ...rest }: LeaseRow): Lease {
  return lease.parse({ ...rest, handlers: JSON.parse(handlers), facts: JSON.parse(facts) });
}
