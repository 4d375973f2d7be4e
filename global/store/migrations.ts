import { sql } from "kysely";
import type { Migration } from "../../shared/store/mod.ts";
import { uuidV7 } from "../../shared/uuid_v7.ts";

/** The schema's history; a step that was released is never changed. */
export const migrations: readonly Migration[] = [{
  number: 1,
  name: "meetings, identities, audit",
  async up({ schema }) {
    await schema.createTable("meetings")
      .addColumn("meeting_id", "text", (column) => column.primaryKey())
      .addColumn("code", "text", (column) => column.notNull().unique())
      .addColumn("org_id", "text", (column) => column.notNull())
      .addColumn("creator", "text", (column) => column.notNull())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("max_participants", "integer", (column) => column.notNull())
      .addColumn("settings", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("ended_at", "bigint")
      .execute();
    await schema.createIndex("meetings_organization").on("meetings")
      .columns(["org_id", "created_at", "meeting_id"]).execute();
    await schema.createTable("identities")
      .addColumn("meeting_id", "text", (column) => column.notNull())
      .addColumn("sub", "text", (column) => column.notNull())
      .addColumn("claims", "text", (column) => column.notNull())
      .addColumn("issued_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("identities_key", ["meeting_id", "sub"])
      .execute();
    await schema.createIndex("identities_issued").on("identities").column("issued_at").execute();
    await schema.createTable("audit")
      .addColumn("audit_id", "text", (column) => column.primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("org_id", "text", (column) => column.notNull())
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("result", "text", (column) => column.notNull())
      .addColumn("details", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("audit_time").on("audit").columns(["org_id", "at", "audit_id"]).execute();
  },
}, {
  number: 2,
  name: "who is in which meetings",
  async up({ schema }) {
    await schema.createIndex("identities_subject").on("identities").column("sub").execute();
  },
}, {
  number: 3,
  name: "audit entries wait for AC",
  async up(database) {
    const { schema } = database;
    await schema.createTable("audit_outbox")
      .addColumn("audit_id", "text", (column) => column.primaryKey())
      .addColumn("entry", "text", (column) => column.notNull())
      .execute();
    const { rows } = await sql<EntryOfBefore>`SELECT * FROM audit ORDER BY at, audit_id`.execute(database);
    for (const { at, type, org_id, details, audit_id: _, ...rest } of rows) {
      // Ids were random: in AC's trail they are the order. A name may say who meets, and has no place there.
      const audit_id = uuidV7(at);
      const kept: Record<string, unknown> = JSON.parse(details);
      delete kept["display_name"];
      const entry = JSON.stringify({
        ...rest,
        audit_id,
        at: new Date(at).toISOString(),
        type: type.replace(".", "_"),
        organization_id: org_id,
        details: kept,
      });
      await sql`INSERT INTO audit_outbox (audit_id, entry) VALUES (${audit_id}, ${entry})`.execute(database);
    }
    await schema.dropTable("audit").execute();
  },
}, {
  number: 4,
  name: "who was in which meetings, for good",
  async up(database) {
    await database.schema.createTable("attendances")
      .addColumn("sub", "text", (column) => column.notNull())
      .addColumn("meeting_id", "text", (column) => column.notNull())
      .addColumn("since", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("attendances_key", ["sub", "meeting_id"])
      .execute();
    await sql`INSERT INTO attendances (sub, meeting_id, since)
      SELECT sub, meeting_id, issued_at FROM identities WHERE sub NOT LIKE 'guest-%'`.execute(database);
  },
}, {
  number: 5,
  name: "removals",
  async up({ schema }) {
    await schema.createTable("removals")
      .addColumn("meeting_id", "text", (column) => column.notNull())
      .addColumn("sub", "text", (column) => column.notNull())
      .addColumn("removed_at", "bigint", (column) => column.notNull())
      .addColumn("banned", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("removals_key", ["meeting_id", "sub"])
      .execute();
  },
}, {
  number: 6,
  name: "terms",
  async up(database) {
    await database.schema.alterTable("meetings")
      .addColumn("term", "bigint", (column) => column.notNull().defaultTo(0)).execute();
    // Generations were times in microseconds before: these terms begin above those of any year before 2041.
    await sql`UPDATE meetings SET term = 2147483648`.execute(database);
  },
}, {
  number: 7,
  name: "ends wait for the live store",
  async up({ schema }) {
    await schema.createTable("end_outbox")
      .addColumn("meeting_id", "text", (column) => column.primaryKey())
      .addColumn("ended_at", "bigint", (column) => column.notNull())
      .execute();
  },
}, {
  number: 8,
  name: "how often changes have named each permission",
  async up({ schema }) {
    await schema.alterTable("meetings")
      .addColumn("permission_changes", "text", (column) => column.notNull().defaultTo("{}")).execute();
  },
}];

/** A row of the table of step 1. */
interface EntryOfBefore {
  readonly audit_id: string;
  readonly at: number;
  readonly org_id: string;
  readonly type: string;
  readonly actor: string;
  readonly subject: string;
  readonly address: string;
  readonly result: string;
  readonly details: string;
}
