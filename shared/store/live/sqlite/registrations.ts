import type { Kysely } from "kysely";
import type { z } from "zod";
import { fail, type Failure } from "../../../actor/mod.ts";
import type { ControllerEntry, HandlerEntry, Registrations } from "../ports/registrations.ts";
import { isReplaced, rememberReplaced } from "./replaced.ts";
import type { LiveTables, ProcessRow } from "./tables.ts";

type Kind = ProcessRow["kind"];
type Heartbeat = z.output<typeof Registrations.heartbeat.input>;
type Unregister = z.output<typeof Registrations.unregister.input>;

/**
 * Writes a registration over the one of the same id, if it has the same owner. An instance that was replaced so never
 * comes back. An operator's drain outlasts a second registration of the same instance, not a new instance.
 */
export async function register(
  db: Kysely<LiveTables>,
  kind: Kind,
  entry: ControllerEntry | HandlerEntry,
): Promise<void | Failure<"owned_by_another" | "replaced">> {
  const { owner, state, load, heartbeat_ms, ...registration } = entry;
  const { id, instance_id } = registration;
  const row = {
    kind,
    id,
    owner,
    instance_id,
    load,
    heartbeat_ms,
    registration: JSON.stringify(registration),
  };
  return await db.transaction().execute(async (t) => {
    const known = await t.selectFrom("processes").select(["owner", "instance_id", "drained"])
      .where("kind", "=", kind).where("id", "=", id).executeTakeFirst();
    if (known !== undefined && known.owner !== owner) {
      return fail("owned_by_another", `The ${kind} "${id}" was registered by another client`);
    }
    const isSame = known?.instance_id === instance_id;
    if (!isSame && await isReplaced(t, row)) {
      return fail("replaced", `Another instance of the ${kind} "${id}" has registered since`);
    }
    if (known !== undefined && !isSame) {
      await rememberReplaced(t, { kind, id, instance_id: known.instance_id });
    }
    const values = { ...row, state, drained: isSame ? known.drained : 0 };
    await t.insertInto("processes").values(values)
      .onConflict((conflict) => conflict.columns(["kind", "id"]).doUpdateSet(values)).execute();
  });
}

/** Notes that an instance is alive, how full it is, and whether it drains. */
export async function beat(
  db: Kysely<LiveTables>,
  { kind, id, instance_id, owner, state, load, at_ms }: Heartbeat,
): Promise<{ state: ProcessRow["state"] } | Failure<"unknown">> {
  const row = await db.updateTable("processes")
    .set({ load, heartbeat_ms: at_ms, ...(state === undefined ? {} : { state }) })
    .where("kind", "=", kind).where("id", "=", id)
    .where("instance_id", "=", instance_id).where("owner", "=", owner)
    .returning(["state", "drained"]).executeTakeFirst();
  if (row === undefined) {
    return fail("unknown", `There is no instance "${instance_id}" of the ${kind} "${id}"`);
  }
  return { state: effective(row) };
}

export async function drain(
  db: Kysely<LiveTables>,
  { kind, id }: { kind: Kind; id: string },
): Promise<void | Failure<"unknown">> {
  const row = await db.updateTable("processes").set({ drained: 1 })
    .where("kind", "=", kind).where("id", "=", id).returning("id").executeTakeFirst();
  if (row === undefined) return fail("unknown", `There is no ${kind} "${id}"`);
}

export async function unregister(
  db: Kysely<LiveTables>,
  { kind, id, owner, instance_id, unheard_since_ms }: Unregister,
): Promise<void | Failure<"unknown">> {
  const row = await db.deleteFrom("processes")
    .where("kind", "=", kind).where("id", "=", id).where("owner", "=", owner)
    .$if(instance_id !== undefined, (query) => query.where("instance_id", "=", instance_id ?? ""))
    .$if(unheard_since_ms !== undefined, (query) => query.where("heartbeat_ms", "<=", unheard_since_ms ?? 0))
    .returning("id").executeTakeFirst();
  if (row === undefined) return fail("unknown", `There is no ${kind} "${id}" of this owner`);
}

/** All registrations of a kind, the dead ones too, in the order of their ids. */
export async function entries<T>(db: Kysely<LiveTables>, kind: Kind, schema: z.ZodType<T>): Promise<T[]> {
  const rows = await db.selectFrom("processes").selectAll().where("kind", "=", kind).orderBy("id").execute();
  return rows.map(({ registration, owner, load, heartbeat_ms, ...rest }) =>
    schema.parse({ ...JSON.parse(registration), owner, state: effective(rest), load, heartbeat_ms })
  );
}

function effective({ state, drained }: Pick<ProcessRow, "state" | "drained">): ProcessRow["state"] {
  return drained === 1 ? "draining" : state;
}
