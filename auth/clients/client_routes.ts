import type { z } from "zod";
import { logUntold } from "../../shared/log/mod.ts";
import { jsonResponse, pageOf, readJson, readOptionalJson, readQuery } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { clientChange, id, listQuery, newClientBody, secretRotation } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import {
  authenticateAdministrator,
  readFromAdministrator,
} from "../organizations/authenticate_administrator.ts";
import type { AdministratorsEntry } from "../organizations/authenticate_administrator.ts";
import type { OnChange } from "../store/audit_entry.ts";
import { changeClient, findClient, listClients, removeClient } from "../store/clients.ts";
import type { ClientRow } from "../store/schema.ts";
import type { ClientServices } from "./client_services.ts";
import { createClient, rotateSecret, shownClient } from "./manage_clients.ts";

const PATH = "/api/v1/admin/clients";

/** A client is the platform's: no organisation's admins see what operators do about it. */
const OF_NOBODY = { organization_id: null } as const;

/** `/api/v1/admin/clients`: the services that may ask for tokens; operators only. A secret is shown once. */
export function clientRoutes(services: ClientServices): Route[] {
  const { store, clientDirectory } = services;

  async function existing({ params }: Context): Promise<ClientRow> {
    const { data: clientId } = id.safeParse(params["client_id"]);
    const client = clientId === undefined ? undefined : await findClient(store, clientId);
    if (client === undefined) throw refuse("CLIENT_NOT_FOUND");
    return client;
  }

  const fromOperator = <T>(context: Context, read: () => Promise<T>) =>
    readFromAdministrator(services, context, read, "operator");

  return [{
    method: "GET",
    path: PATH,
    async handler(context) {
      await authenticateAdministrator(services, context, "operator");
      const { cursor, limit } = readQuery(context, listQuery);
      const rows = await listClients(store, cursor ?? "", limit);
      const { items, next_cursor } = pageOf(rows, limit, ({ client_id }) => client_id);
      return jsonResponse(200, { items: items.map(shownClient), next_cursor });
    },
  }, {
    method: "POST",
    path: PATH,
    async handler(context) {
      const { caller, body } = await fromOperator(context, () => readJson(context, newClientBody));
      const { service_type, scope, display_name } = body;
      const made = await createClient(
        services,
        {
          serviceType: service_type,
          scope,
          displayName: display_name,
        },
        (queries, { client_id: subject }) =>
          caller.recordWithin(queries, { type: "client_registered", subject, ...OF_NOBODY }),
      );
      if (made === undefined) throw refuse("OVERLOADED", { retryAfterSeconds: 1 });
      return jsonResponse(201, { ...shownClient(made.client), client_secret: made.secret });
    },
  }, {
    method: "GET",
    path: `${PATH}/:client_id`,
    async handler(context) {
      await authenticateAdministrator(services, context, "operator");
      return jsonResponse(200, shownClient(await existing(context)));
    },
  }, {
    method: "PATCH",
    path: `${PATH}/:client_id`,
    async handler(context) {
      const { caller, body } = await fromOperator(context, () => readJson(context, clientChange));
      const client = await existing(context);
      const { client_id: subject } = client;
      const change = changeOf(body);
      if (Object.keys(change).length === 0) return jsonResponse(200, shownClient(client));
      const before = await changeClient(
        store,
        subject,
        change,
        (queries, row) => caller.recordWithin(queries, ...entriesOf(row, body)),
      );
      if (before === undefined) throw refuse("CLIENT_NOT_FOUND");
      logUntold(clientDirectory.tell("changed", { clientId: subject }), "a client changed");
      return jsonResponse(200, shownClient({ ...before, ...change }));
    },
  }, {
    method: "DELETE",
    path: `${PATH}/:client_id`,
    async handler(context) {
      const caller = await authenticateAdministrator(services, context, "operator");
      const { client_id: subject } = await existing(context);
      await removeClient(
        store,
        subject,
        (queries) => caller.recordWithin(queries, { type: "client_removed", subject, ...OF_NOBODY }),
      );
      logUntold(clientDirectory.tell("changed", { clientId: subject }), "a client changed");
      return new Response(null, { status: 204 });
    },
  }, {
    method: "POST",
    path: `${PATH}/:client_id/rotate-secret`,
    async handler(context) {
      const { caller, body } = await fromOperator(context, () => readOptionalJson(context, secretRotation));
      const { grace_seconds } = body;
      const client = await existing(context);
      const { client_id: subject } = client;
      const entry = { type: "secret_rotated", subject, details: { grace_seconds }, ...OF_NOBODY } as const;
      const record: OnChange = (queries) => caller.recordWithin(queries, entry);
      const secret = await rotateSecret(services, subject, grace_seconds, record);
      if (secret === undefined) throw refuse("CLIENT_NOT_FOUND");
      logUntold(clientDirectory.tell("changed", { clientId: subject }), "a client changed");
      return jsonResponse(200, { ...shownClient(client), client_secret: secret });
    },
  }];
}

type Change = z.output<typeof clientChange>;

function changeOf({ disabled, ...rest }: Change) {
  return { ...rest, ...(disabled === undefined ? {} : { disabled: disabled ? 1 : 0 }) };
}

function entriesOf(
  { client_id, disabled: before }: ClientRow,
  { disabled, ...details }: Change,
): AdministratorsEntry[] {
  const of = { subject: client_id, ...OF_NOBODY };
  const entries: AdministratorsEntry[] = [];
  if (Object.keys(details).length > 0) entries.push({ type: "client_changed", ...of, details });
  if (disabled !== undefined && disabled !== (before === 1)) {
    entries.push({ type: disabled ? "client_disabled" : "client_enabled", ...of });
  }
  return entries;
}
