import type { Kysely } from "kysely";
import { authenticateUser, realClient, tokenRefused } from "../../shared/auth/mod.ts";
import { refuseCommon } from "../../shared/http/mod.ts";
import type { Context } from "../../shared/http/mod.ts";
import type { AuditEntry } from "../store/audit_entry.ts";
import type { Tables } from "../store/schema.ts";
import { findUser, rolesOf } from "../store/users.ts";
import type { OrganizationServices } from "./organization_services.ts";

/** A user with a say over others, as their account is now: what their token says may be an hour old. */
export interface Administrator {
  readonly userId: string;
  readonly organizationId: string;
  readonly roles: readonly string[];
  /** Puts on record what they change, in the transaction of that. */
  recordWithin(queries: Kysely<Tables>, ...entries: readonly AdministratorsEntry[]): Promise<void>;
}

/** What an administrator changes; of their own organisation unless it is said. */
export type AdministratorsEntry = Pick<AuditEntry, "type" | "subject" | "details"> & {
  /** Null for what belongs to no organisation. */
  organization_id?: string | null;
};

/**
 * Lets users with one of these roles pass.
 *
 * @throws {HttpError} 401 without a good token of an account that is enabled, 403 without the role
 */
export async function authenticateAdministrator(
  services: OrganizationServices,
  context: Context,
  ...roles: readonly string[]
): Promise<Administrator> {
  const claims = await authenticateUser(services.verifier, context);
  const user = await findUser(services.store, claims.sub);
  if (user === undefined || user.disabled === 1) throw tokenRefused(context, "disabled");
  const own = rolesOf(user);
  if (!roles.some((role) => own.includes(role))) throw refuseCommon("FORBIDDEN");
  const { address } = await realClient(services.verifier, context);
  return {
    userId: user.user_id,
    organizationId: user.organization_id,
    roles: own,
    recordWithin(queries, ...entries) {
      const { user_id: actor, organization_id } = user;
      const who = { actor, organization_id, address, result: "ok" };
      return services.recordWithin(queries, ...entries.map((entry) => ({ ...who, ...entry })));
    },
  };
}

/**
 * Lets users with one of these roles pass, and reads what they send. Nobody else's body is read; and as it may be slow to
 * come, rights that were taken away meanwhile count no more.
 *
 * @throws {HttpError} what `authenticateAdministrator` and `read` throw
 */
export async function readFromAdministrator<T>(
  services: OrganizationServices,
  context: Context,
  read: () => Promise<T>,
  ...roles: readonly string[]
): Promise<{ readonly caller: Administrator; readonly body: T }> {
  await authenticateAdministrator(services, context, ...roles);
  const body = await read();
  return { caller: await authenticateAdministrator(services, context, ...roles), body };
}
