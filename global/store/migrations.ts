import type { Migration } from "../../shared/store/mod.ts";

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
}];
