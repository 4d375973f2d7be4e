import { displayName, id, scopeList, serviceType } from "../../shared/protocol/mod.ts";
import { createClient, rotateSecret, shownClient } from "../clients/manage_clients.ts";
import { changeClient, findClient, listClients, removeClient } from "../store/clients.ts";
import type { ClientRow } from "../store/schema.ts";
import { UsageError } from "./arguments.ts";
import { recorded } from "./command.ts";
import type { Command, Given, Workplace } from "./command.ts";
import { allPages, PAGE } from "./lookups.ts";
import { wholeNumber } from "./option_values.ts";

const graceSeconds = wholeNumber(0, 30 * 86_400);

async function existing({ store }: Workplace, given: Given): Promise<ClientRow> {
  const clientId = given.word(0, "CLIENT_ID");
  const client = await findClient(store, clientId);
  if (client === undefined) throw new UsageError(`there is no client "${clientId}"`);
  return client;
}

async function setDisabled(place: Workplace, given: Given, disabled: 0 | 1) {
  const client = await existing(place, given);
  const type = disabled === 1 ? "client_disabled" : "client_enabled";
  const { client_id: subject } = client;
  await changeClient(place.store, subject, { disabled }, async (queries, before) => {
    if (before.disabled !== disabled) await place.recordWithin(queries, { type, subject });
  });
  return shownClient({ ...client, disabled });
}

export const clientCommands: readonly Command[] = [{
  usage: "client create --type TYPE --scope SCOPES [--name NAME] [--id CLIENT_ID]",
  summary: "makes a client; its secret is shown this once",
  async run(place, given) {
    const made = await createClient(
      place,
      {
        serviceType: given.required("type", serviceType),
        scope: given.required("scope", scopeList),
        displayName: given.optional("name", displayName),
        clientId: given.optional("id", id),
      },
      (queries, { client_id: subject }) =>
        place.recordWithin(queries, { type: "client_registered", subject }),
    );
    if (made === undefined) throw new UsageError("there is a client of this id already");
    return { ...shownClient(made.client), client_secret: made.secret };
  },
}, {
  usage: "client list",
  summary: "shows all clients",
  async run({ store }) {
    const rows = await allPages(
      (cursor) => listClients(store, cursor, PAGE),
      ({ client_id }) => client_id,
    );
    return rows.map(shownClient);
  },
}, {
  usage: "client show CLIENT_ID",
  summary: "shows one client",
  run: async (place, given) => shownClient(await existing(place, given)),
}, {
  usage: "client change CLIENT_ID [--scope SCOPES] [--name NAME]",
  summary: "changes what a client may ask for, or its name",
  async run(place, given) {
    const client = await existing(place, given);
    const scope = given.optional("scope", scopeList);
    const name = given.optional("name", displayName);
    if (scope === undefined && name === undefined) throw new UsageError("give --scope or --name");
    const change = {
      ...(scope === undefined ? {} : { scope }),
      ...(name === undefined ? {} : { display_name: name }),
    };
    const record = recorded(place, { type: "client_changed", subject: client.client_id, details: change });
    await changeClient(place.store, client.client_id, change, record);
    return shownClient({ ...client, ...change });
  },
}, {
  usage: "client rotate-secret CLIENT_ID [--grace SECONDS]",
  summary: "gives a new secret; the old one counts for SECONDS more (0)",
  async run(place, given) {
    const client = await existing(place, given);
    const grace = given.optional("grace", graceSeconds) ?? 0;
    const details = { grace_seconds: grace };
    const record = recorded(place, { type: "secret_rotated", subject: client.client_id, details });
    const secret = await rotateSecret(place, client.client_id, grace, record);
    if (secret === undefined) throw new UsageError(`there is no client "${client.client_id}"`);
    return { client_id: client.client_id, client_secret: secret, ...details };
  },
}, {
  usage: "client disable CLIENT_ID",
  summary: "gives a client no more tokens",
  run: (place, given) => setDisabled(place, given, 1),
}, {
  usage: "client enable CLIENT_ID",
  summary: "gives a disabled client tokens again",
  run: (place, given) => setDisabled(place, given, 0),
}, {
  usage: "client delete CLIENT_ID",
  summary: "forgets a client",
  async run(place, given) {
    const { client_id } = await existing(place, given);
    await removeClient(
      place.store,
      client_id,
      recorded(place, { type: "client_removed", subject: client_id }),
    );
    return { client_id, deleted: true };
  },
}];
