import { z } from "zod";
import { authenticateUser, realClient } from "../../shared/auth/mod.ts";
import { jsonResponse, readJson, refuseCommon, validate } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { displayName, listQuery } from "../../shared/protocol/mod.ts";
import type { AuditEntry } from "../actors/audit_trail.ts";
import { tagOf } from "../client_secret.ts";
import { refuse } from "../errors.ts";
import { randomToken } from "../keys/random_token.ts";
import type { Parts } from "../parts.ts";
import { scopeList } from "../scope_list.ts";
import {
  addClient,
  changeClient,
  findClient,
  listClients,
  NEW_CLIENT,
  removeClient,
} from "../store/clients.ts";
import type { ClientRow } from "../store/schema.ts";

const newClient = z.strictObject({
  service_type: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "is not a service type"),
  scope: scopeList,
  display_name: displayName.exactOptional(),
});

const clientChange = z.strictObject({
  scope: scopeList.exactOptional(),
  display_name: displayName.exactOptional(),
});

const PATH = "/api/v1/admin/clients";

/** `/api/v1/admin/clients`: the services that may ask for tokens; operators only. A secret is shown once. */
export function clientRoutes(parts: Parts): Route[] {
  const { store, keyring, now } = parts;

  async function existing({ params }: Context): Promise<ClientRow> {
    const client = await findClient(store, params["client_id"] ?? "");
    if (client === undefined) throw refuse("CLIENT_NOT_FOUND");
    return client;
  }

  return [{
    method: "GET",
    path: PATH,
    async handler(context) {
      await operator(parts, context);
      const { cursor, limit } = validate(Object.fromEntries(context.url.searchParams), listQuery);
      const rows = await listClients(store, cursor ?? "", limit);
      const items = rows.slice(0, limit);
      const next = rows.length > limit ? items.at(-1)?.client_id : undefined;
      return jsonResponse(200, { items: items.map(shown), next_cursor: next ?? null });
    },
  }, {
    method: "POST",
    path: PATH,
    async handler(context) {
      const record = await operator(parts, context);
      const { service_type, scope, display_name } = await readJson(context, newClient);
      const secret = randomToken(32);
      const client = {
        client_id: `${service_type}-${randomToken(9)}`,
        service_type,
        scope,
        display_name: display_name ?? service_type,
        ...tagOf(keyring, secret),
        ...NEW_CLIENT,
        created_at: now(),
      };
      await addClient(store, client);
      record("client_registered", client.client_id);
      return jsonResponse(201, { ...shown(client), client_secret: secret });
    },
  }, {
    method: "GET",
    path: `${PATH}/:client_id`,
    async handler(context) {
      await operator(parts, context);
      return jsonResponse(200, shown(await existing(context)));
    },
  }, {
    method: "PATCH",
    path: `${PATH}/:client_id`,
    async handler(context) {
      const record = await operator(parts, context);
      const client = await existing(context);
      const change = await readJson(context, clientChange);
      if (Object.keys(change).length > 0) await changeClient(store, client.client_id, change);
      record("client_changed", client.client_id);
      return jsonResponse(200, shown({ ...client, ...change }));
    },
  }, {
    method: "DELETE",
    path: `${PATH}/:client_id`,
    async handler(context) {
      const record = await operator(parts, context);
      const { client_id } = await existing(context);
      await removeClient(store, client_id);
      record("client_removed", client_id);
      return new Response(null, { status: 204 });
    },
  }, {
    method: "POST",
    path: `${PATH}/:client_id/rotate-secret`,
    async handler(context) {
      const record = await operator(parts, context);
      const client = await existing(context);
      const secret = randomToken(32);
      await changeClient(store, client.client_id, tagOf(keyring, secret));
      record("secret_rotated", client.client_id);
      return jsonResponse(200, { ...shown(client), client_secret: secret });
    },
  }];
}

/** Lets operators pass, and gives what records what they do. */
async function operator(
  parts: Parts,
  context: Context,
): Promise<(type: AuditEntry["type"], subject: string) => void> {
  const claims = await authenticateUser(parts.verifier, context);
  if (!claims.roles.includes("operator")) throw refuseCommon("FORBIDDEN");
  const { address } = await realClient(parts.verifier, context);
  return (type, subject) =>
    parts.record({
      type,
      actor: claims.sub,
      subject,
      organization_id: claims.org_id,
      address,
      result: "ok",
    });
}

function shown({ client_id, service_type, scope, display_name, created_at }: ClientRow) {
  return { client_id, service_type, scope, display_name, created_at: new Date(created_at).toISOString() };
}
