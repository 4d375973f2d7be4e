import { sql } from "kysely";
import type { Migration } from "../../migration.ts";

/** The live store's schema, step by step. */
export const liveMigrations: readonly Migration[] = [
  {
    number: 1,
    name: "processes, leases, snapshots, revocations",
    async up(db) {
      await db.schema.createTable("processes")
        .addColumn("kind", "text", (c) => c.notNull())
        .addColumn("id", "text", (c) => c.notNull())
        .addColumn("owner", "text", (c) => c.notNull())
        .addColumn("instance_id", "text", (c) => c.notNull())
        .addColumn("state", "text", (c) => c.notNull())
        .addColumn("drained", "integer", (c) => c.notNull())
        .addColumn("load", "real", (c) => c.notNull())
        .addColumn("heartbeat_ms", "bigint", (c) => c.notNull())
        .addColumn("registration", "text", (c) => c.notNull())
        .addPrimaryKeyConstraint("processes_key", ["kind", "id"])
        .execute();
      await db.schema.createTable("leases")
        .addColumn("meeting_id", "text", (c) => c.primaryKey())
        .addColumn("controller_id", "text", (c) => c.notNull())
        .addColumn("instance_id", "text", (c) => c.notNull())
        .addColumn("shard", "text", (c) => c.notNull())
        .addColumn("generation", "integer", (c) => c.notNull())
        .addColumn("handlers", "text", (c) => c.notNull())
        .addColumn("facts", "text", (c) => c.notNull())
        .execute();
      await db.schema.createTable("snapshots")
        .addColumn("meeting_id", "text", (c) => c.primaryKey())
        .addColumn("generation", "integer", (c) => c.notNull())
        .addColumn("snapshot", "text", (c) => c.notNull())
        .execute();
      await db.schema.createTable("released_fence")
        .addColumn("generation", "integer", (c) => c.notNull())
        .execute();
      await sql`INSERT INTO released_fence (generation) VALUES (0)`.execute(db);
      await db.schema.createTable("revocations")
        .addColumn("meeting_id", "text", (c) => c.notNull())
        .addColumn("sub", "text", (c) => c.notNull())
        .addColumn("at_ms", "bigint", (c) => c.notNull())
        .addColumn("banned", "integer", (c) => c.notNull())
        .addPrimaryKeyConstraint("revocations_key", ["meeting_id", "sub"])
        .execute();
    },
  },
  {
    number: 2,
    name: "counters",
    async up(db) {
      await db.schema.createTable("counters")
        .addColumn("rule", "text", (c) => c.notNull())
        .addColumn("key", "text", (c) => c.notNull())
        .addColumn("empty_ms", "real", (c) => c.notNull())
        .addPrimaryKeyConstraint("counters_key", ["rule", "key"])
        .execute();
      await db.schema.createIndex("counters_by_end").on("counters").column("empty_ms").execute();
    },
  },
  {
    number: 3,
    name: "ended meetings",
    async up(db) {
      await db.schema.createTable("ended_meetings")
        .addColumn("meeting_id", "text", (c) => c.primaryKey())
        .addColumn("at_ms", "bigint", (c) => c.notNull())
        .addColumn("controller_id", "text")
        .addColumn("instance_id", "text")
        .addColumn("shard", "text")
        .execute();
      await db.schema.createIndex("ended_meetings_time").on("ended_meetings").column("at_ms").execute();
    },
  },
  {
    number: 4,
    name: "chat",
    async up(db) {
      await db.schema.createTable("chat")
        .addColumn("meeting_id", "text", (c) => c.notNull())
        .addColumn("number", "integer", (c) => c.notNull())
        .addColumn("message", "text", (c) => c.notNull())
        .addPrimaryKeyConstraint("chat_key", ["meeting_id", "number"])
        .execute();
    },
  },
  {
    number: 5,
    name: "released leases by meeting, leases written back",
    async up(db) {
      await db.schema.createTable("released_leases")
        .addColumn("meeting_id", "text", (c) => c.primaryKey())
        .addColumn("generation", "integer", (c) => c.notNull())
        .addColumn("released_ms", "bigint", (c) => c.notNull())
        .execute();
      await db.schema.createIndex("released_leases_time").on("released_leases").column("released_ms")
        .execute();
      await db.schema.dropTable("released_fence").execute();
      await db.schema.alterTable("leases")
        .addColumn("written_back", "integer", (c) => c.notNull().defaultTo(0)).execute();
    },
  },
  {
    number: 6,
    name: "when a counter was counted last",
    async up(db) {
      await db.schema.alterTable("counters")
        .addColumn("counted_ms", "real", (c) => c.notNull().defaultTo(0)).execute();
    },
  },
  {
    number: 7,
    name: "when a lease was used last",
    async up(db) {
      await db.schema.alterTable("leases")
        .addColumn("used_ms", "bigint", (c) => c.notNull().defaultTo(0)).execute();
      await sql`UPDATE leases SET used_ms = unixepoch() * 1000`.execute(db);
    },
  },
  {
    number: 8,
    name: "replaced instances",
    async up(db) {
      await db.schema.createTable("replaced_instances")
        .addColumn("kind", "text", (c) => c.notNull())
        .addColumn("id", "text", (c) => c.notNull())
        .addColumn("instance_id", "text", (c) => c.notNull())
        .addColumn("replaced_ms", "bigint", (c) => c.notNull())
        .addPrimaryKeyConstraint("replaced_instances_key", ["kind", "id", "instance_id"])
        .execute();
      await db.schema.createIndex("replaced_instances_time").on("replaced_instances").column("replaced_ms")
        .execute();
    },
  },
];
