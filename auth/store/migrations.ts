import { sql } from "kysely";
import { canonicalEmail } from "../../shared/protocol/canonical_email.ts";
import type { Migration } from "../../shared/store/mod.ts";
import type { UserRow } from "./schema.ts";

/** The schema's history; a step that was released is never changed. */
export const migrations: readonly Migration[] = [{
  number: 1,
  name: "organisations, users, sessions, clients, keys, audit",
  async up({ schema }, { bytes }) {
    await schema.createTable("organizations")
      .addColumn("organization_id", "text", (column) => column.primaryKey())
      .addColumn("slug", "text", (column) => column.notNull().unique())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("open_registration", "integer", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();
    await schema.createTable("users")
      .addColumn("user_id", "text", (column) => column.primaryKey())
      .addColumn(
        "organization_id",
        "text",
        (column) => column.notNull().references("organizations.organization_id"),
      )
      .addColumn("email", "text", (column) => column.notNull())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("password_hash", "text", (column) => column.notNull())
      .addColumn("roles", "text", (column) => column.notNull())
      .addColumn("disabled", "integer", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addUniqueConstraint("users_organization_email", ["organization_id", "email"])
      .execute();
    await schema.createTable("sessions")
      .addColumn("session_id", "text", (column) => column.primaryKey())
      .addColumn(
        "user_id",
        "text",
        (column) => column.notNull().references("users.user_id").onDelete("cascade"),
      )
      .addColumn("secret_hash", bytes, (column) => column.notNull())
      .addColumn("previous_hash", bytes)
      .addColumn("rotated_at", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .execute();
    await schema.createIndex("sessions_user").on("sessions").column("user_id").execute();
    await schema.createIndex("sessions_expiry").on("sessions").column("expires_at").execute();
    await schema.createTable("clients")
      .addColumn("client_id", "text", (column) => column.primaryKey())
      .addColumn("service_type", "text", (column) => column.notNull())
      .addColumn("scope", "text", (column) => column.notNull())
      .addColumn("display_name", "text", (column) => column.notNull())
      .addColumn("secret_tag", bytes, (column) => column.notNull())
      .addColumn("master_key_id", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();
    await schema.createTable("signing_keys")
      .addColumn("kid", "text", (column) => column.primaryKey())
      .addColumn("public_x", "text", (column) => column.notNull())
      .addColumn("master_key_id", "text", (column) => column.notNull())
      .addColumn("nonce", bytes, (column) => column.notNull())
      .addColumn("ciphertext", bytes, (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("active_from", "bigint", (column) => column.notNull())
      .addColumn("retires_at", "bigint")
      .addColumn("revoked_at", "bigint")
      .execute();
    await schema.createTable("audit")
      .addColumn("audit_id", "text", (column) => column.primaryKey())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("organization_id", "text")
      .addColumn("type", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("result", "text", (column) => column.notNull())
      .addColumn("details", "text", (column) => column.notNull())
      .execute();
    await schema.createIndex("audit_time").on("audit").columns(["at", "audit_id"]).execute();
  },
}, {
  number: 2,
  name: "invitations, secrets with a grace period, disabled clients, audit by organisation and type",
  async up({ schema }, { bytes }) {
    await schema.createTable("invitations")
      .addColumn("invitation_id", "text", (column) => column.primaryKey())
      .addColumn(
        "organization_id",
        "text",
        (column) => column.notNull().references("organizations.organization_id"),
      )
      .addColumn("secret_hash", bytes, (column) => column.notNull().unique())
      .addColumn("email", "text")
      .addColumn("roles", "text", (column) => column.notNull())
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addColumn("used_by", "text")
      .execute();
    // SQLite adds one column a statement.
    await schema.alterTable("clients")
      .addColumn("disabled", "integer", (column) => column.notNull().defaultTo(0)).execute();
    await schema.alterTable("clients").addColumn("previous_tag", bytes).execute();
    await schema.alterTable("clients").addColumn("previous_master_key_id", "text").execute();
    await schema.alterTable("clients").addColumn("previous_until", "bigint").execute();
    // Entries' ids begin with their time: the primary key is the order of the whole trail.
    await schema.dropIndex("audit_time").execute();
    await schema.createIndex("audit_organization").on("audit").columns(["organization_id", "audit_id"])
      .where(sql.ref("organization_id"), "is not", null).execute();
    await schema.createIndex("audit_type").on("audit").columns(["type", "audit_id"]).execute();
  },
}, {
  number: 3,
  name: "since when accounts are disabled, and who may ask",
  async up(database) {
    await database.schema.alterTable("users").addColumn("disabled_at", "bigint").execute();
    await database.schema.createIndex("users_disabled").on("users").columns(["disabled_at", "user_id"])
      .where(sql.ref("disabled_at"), "is not", null).execute();
    // Whoever has people let into meetings, a global controller, must also learn who may stay there no longer.
    await sql`UPDATE clients SET scope = scope || ' service.read-disabled-users.ac'
      WHERE ' ' || scope || ' ' LIKE '% service.issue-meeting-token.ac %'`.execute(database);
  },
}, {
  number: 4,
  name: "who may add to the audit trail",
  async up(database) {
    // Whoever has people let into meetings, a global controller, reports what happens to meetings and in them.
    await sql`UPDATE clients SET scope = scope || ' service.record-audit.ac'
      WHERE ' ' || scope || ' ' LIKE '% service.issue-meeting-token.ac %'`.execute(database);
  },
}, {
  number: 5,
  name: "whether a session's secret has arrived",
  async up({ schema }) {
    await schema.alterTable("sessions")
      .addColumn("confirmed", "integer", (column) => column.notNull().defaultTo(1)).execute();
  },
}, {
  number: 6,
  name: "who may register is as the bootstrap file says, until it is changed",
  async up(database) {
    await database.schema.alterTable("organizations")
      .addColumn("registration_follows", "integer", (column) => column.notNull().defaultTo(0)).execute();
    // One that is open is so by its first start's file, as far as can be told; one that was closed stays closed.
    await sql`UPDATE organizations SET registration_follows = 1 WHERE open_registration = 1`.execute(
      database,
    );
  },
}, {
  number: 7,
  name: "one form of each e-mail address",
  async up(database) {
    const { rows: users } = await sql<Pick<UserRow, "user_id" | "organization_id" | "email">>`
      SELECT user_id, organization_id, email FROM users ORDER BY created_at, user_id`.execute(database);
    const keyOf = ({ organization_id }: Pick<UserRow, "organization_id">, email: string) =>
      JSON.stringify([organization_id, email]);
    const taken = new Set(users.map((user) => keyOf(user, user.email)));
    for (const user of users) {
      const email = canonicalEmail(user.email);
      // Of two accounts of one address the one that has its canonical form, or is older, keeps the address.
      if (email === user.email || taken.has(keyOf(user, email))) continue;
      taken.add(keyOf(user, email));
      await sql`UPDATE users SET email = ${email} WHERE user_id = ${user.user_id}`.execute(database);
    }
    const { rows: invitations } = await sql<{ invitation_id: string; email: string }>`
      SELECT invitation_id, email FROM invitations WHERE email IS NOT NULL`.execute(database);
    for (const { invitation_id, email } of invitations) {
      await sql`UPDATE invitations SET email = ${
        canonicalEmail(email)
      } WHERE invitation_id = ${invitation_id}`
        .execute(database);
    }
  },
}, {
  number: 8,
  name: "limits and failed logins that all processes count together",
  async up({ schema }) {
    await schema.createTable("counters")
      .addColumn("rule", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("empty_ms", "double precision", (column) => column.notNull())
      .addPrimaryKeyConstraint("counters_key", ["rule", "key"])
      .execute();
    await schema.createIndex("counters_by_end").on("counters").column("empty_ms").execute();
    await schema.createTable("login_failures")
      .addColumn("key_hash", "text", (column) => column.primaryKey())
      .addColumn("failures", "integer", (column) => column.notNull())
      .addColumn("last_at", "bigint", (column) => column.notNull())
      .execute();
    await schema.createIndex("login_failures_last").on("login_failures").column("last_at").execute();
  },
}, {
  number: 9,
  name: "when a limit's counter was counted last",
  async up({ schema }) {
    await schema.alterTable("counters")
      .addColumn("counted_ms", "double precision", (column) => column.notNull().defaultTo(0)).execute();
  },
}, {
  number: 10,
  name: "when an account's roles were changed",
  async up({ schema }) {
    await schema.alterTable("users").addColumn("roles_changed_at", "bigint").execute();
    await schema.createIndex("users_roles_changed").on("users").columns(["roles_changed_at", "user_id"])
      .where(sql.ref("roles_changed_at"), "is not", null).execute();
  },
}];
