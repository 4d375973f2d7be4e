import type { Store } from "../../shared/store/mod.ts";
import type { ClientRow, OrganizationRow, SessionRow, Tables, UserRow } from "./schema.ts";

/** What every token and every login asks of the database. */
export interface Statements {
  findClient(clientId: string): Promise<ClientRow | undefined>;
  /** A user by organisation and e-mail address (lower case). */
  findUserByEmail(organizationId: string, email: string): Promise<UserRow | undefined>;
  /** The organisation of the first of these short names that is one. */
  findOrganization(slug: string, otherwise: string): Promise<OrganizationRow | undefined>;
  addSession(session: SessionRow): Promise<void>;
}

/** Compiles the statements, once: to build and compile a query takes longer than to run it. */
export function compileStatements({ queries }: Store<Tables>): Statements {
  const client = queries.selectFrom("clients").selectAll().where("client_id", "=", "").compile();
  const user = queries.selectFrom("users").selectAll()
    .where("organization_id", "=", "").where("email", "=", "").compile();
  const organizations = queries.selectFrom("organizations").selectAll().where("slug", "in", ["", ""])
    .compile();
  const session = queries.insertInto("sessions").values(BLANK_SESSION).compile();

  return {
    async findClient(clientId) {
      const { rows } = await queries.executeQuery<ClientRow>({ ...client, parameters: [clientId] });
      return rows[0];
    },
    async findUserByEmail(organizationId, email) {
      const { rows } = await queries.executeQuery<UserRow>({ ...user, parameters: [organizationId, email] });
      return rows[0];
    },
    async findOrganization(slug, otherwise) {
      const parameters = [slug, otherwise];
      const { rows } = await queries.executeQuery<OrganizationRow>({ ...organizations, parameters });
      return rows.find((row) => row.slug === slug) ?? rows[0];
    },
    async addSession(row) {
      await queries.executeQuery({ ...session, parameters: SESSION_COLUMNS.map((column) => row[column]) });
    },
  };
}

const BLANK_SESSION: SessionRow = {
  session_id: "",
  user_id: "",
  secret_hash: new Uint8Array(),
  previous_hash: new Uint8Array(),
  confirmed: 0,
  rotated_at: 0,
  created_at: 0,
  expires_at: 0,
};

/** In the order in which the statement was built from them. */
const SESSION_COLUMNS = [
  "session_id",
  "user_id",
  "secret_hash",
  "previous_hash",
  "confirmed",
  "rotated_at",
  "created_at",
  "expires_at",
] as const satisfies readonly (keyof SessionRow)[];
