import { z } from "zod";
import {
  displayName,
  email,
  id,
  newPassword,
  organizationSlug,
  scopeList,
  serviceType,
} from "../../shared/protocol/mod.ts";
import { StartError } from "../../shared/service/start_error.ts";
import type { Store } from "../../shared/store/mod.ts";
import { tagOf } from "../clients/client_secret.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { PasswordPool } from "../passwords/password_pool.ts";
import type { AuditEntry, OnChange, RecordWithin } from "../store/audit_entry.ts";
import { addClient, findClient, NEW_CLIENT } from "../store/clients.ts";
import { ensureOrganization, followRegistration } from "../store/organizations.ts";
import type { Tables } from "../store/schema.ts";
import { addFirstOperator, hasOperator } from "../store/users.ts";
import { newUser } from "../users/new_user.ts";

const bootstrap = z.strictObject({
  organization: z.strictObject({
    name: displayName,
    slug: organizationSlug,
    open_registration: z.boolean(),
    /** Whether that holds at later starts too, for as long as no operator's command has changed it. */
    registration_follows: z.boolean().default(false),
  }),
  operator: z.strictObject({ email, password: newPassword, display_name: displayName }).exactOptional(),
  clients: z.array(z.strictObject({
    client_id: id,
    client_secret: z.string().min(32).max(512),
    service_type: serviceType,
    scope: scopeList,
  })).default([]),
});

interface BootstrapServices {
  readonly store: Store<Tables>;
  readonly keyring: Keyring;
  readonly passwords: PasswordPool;
  readonly recordWithin: RecordWithin;
  readonly now: () => number;
}

/**
 * Creates what is missing of what a bootstrap file names. What exists stays as it is, so that the file may be left
 * where it is; but who may register follows the file where it says so. The operator is made only in an organisation
 * that has none: the file may know another address than its operator's. Answers whether it made the operator.
 *
 * @throws {StartError} if the file can't be read, or is not one
 */
export async function applyBootstrap(path: string, services: BootstrapServices): Promise<boolean> {
  const { store, keyring, passwords, recordWithin, now } = services;
  const { organization, operator, clients } = await read(path);
  const newId = crypto.randomUUID();
  const recorded =
    (type: AuditEntry["type"], subject: string, organization_id: string | null): OnChange => (queries) =>
      recordWithin(queries, { type, ...BY_THE_SYSTEM, subject, organization_id });
  let operatorMade = false;
  const open_registration = organization.open_registration ? 1 : 0;
  const { organization_id } = await ensureOrganization(store, {
    organization_id: newId,
    slug: organization.slug,
    name: organization.name,
    open_registration,
    registration_follows: organization.registration_follows ? 1 : 0,
    created_at: now(),
  }, recorded("organization_created", newId, newId));
  if (organization.registration_follows) {
    const record = recorded("organization_changed", organization_id, organization_id);
    await followRegistration(store, organization_id, open_registration, record);
  }
  if (operator !== undefined && !await hasOperator(store, organization_id)) {
    const user = newUser({
      organizationId: organization_id,
      email: operator.email,
      displayName: operator.display_name,
      passwordHash: await passwords.hash(operator.password),
      roles: ["member", "admin", "operator"],
    }, now());
    const record = recorded("user_created", user.user_id, organization_id);
    operatorMade = await addFirstOperator(store, user, record);
  }
  for (const { client_id, client_secret, service_type, scope } of clients) {
    if (await findClient(store, client_id) !== undefined) continue;
    await addClient(store, {
      client_id,
      service_type,
      scope,
      display_name: client_id,
      ...tagOf(keyring, client_secret),
      ...NEW_CLIENT,
      created_at: now(),
    }, recorded("client_registered", client_id, null));
  }
  return operatorMade;
}

const BY_THE_SYSTEM = { actor: "system", address: "local", result: "ok" } as const;

async function read(path: string): Promise<z.infer<typeof bootstrap>> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unknown reason";
    throw new StartError(`the bootstrap file ${path} can't be read: ${reason}`, { cause });
  }
  const parsed = bootstrap.safeParse(parseOrNothing(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "the whole" : issue.path.join(".");
  throw new StartError(
    `the bootstrap file ${path} is not valid: ${where}: ${issue?.message ?? "is not JSON"}`,
  );
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
