import type { Parsed } from "../../config/parsed.ts";
import type { ServiceName } from "../service_names.ts";
import { type Bootstrap, type Operator, readBootstrap, writeBootstrap } from "./bootstrap.ts";
import { makeFolders } from "./make_folders.ts";
import { prepareMasterKey } from "./master_key.ts";
import { readIfThere, writePrivate } from "./private_file.ts";
import { randomSecret } from "./random_secret.ts";
import { unusable } from "./unusable.ts";

/** The data folder, ready for the services. */
export interface DataFolder {
  /** The operator whom AC makes if its database has none; nothing when it is known to have one. */
  readonly newOperator: Operator | undefined;
  /** Takes the operator's password out of the bootstrap file, once AC is ready; answers whether AC made the operator. */
  operatorMade(): Promise<boolean>;
}

export interface DataFolderOptions {
  readonly dataDir: string;
  readonly adminEmail: string;
  readonly adminPassword: string | undefined;
  /** Whether anybody who reaches the page may register in the first organisation. */
  readonly openRegistration: boolean;
  /** Whether AC's database is on a server, and not in this folder. */
  readonly databaseElsewhere?: boolean;
  readonly random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}

/** The short name of the organisation that AC makes at its first start. */
export const FIRST_ORGANIZATION = "default";

const FOLDERS = ["auth", "global", "meeting", "media", "live", "logs"];

/** The services that are clients of AC, with the scopes that their work needs. */
const CLIENTS: readonly { id: ServiceName; serviceType: string; scope: string }[] = [
  {
    id: "global",
    serviceType: "global-controller",
    scope: "service.issue-meeting-token.ac service.forward-address.ac service.read-disabled-users.ac " +
      "service.record-audit.ac service.manage-meetings.mc",
  },
  {
    id: "meeting",
    serviceType: "meeting-controller",
    scope: "service.register-controller.gc service.issue-meeting-token.gc service.link.mh",
  },
  { id: "media", serviceType: "media-handler", scope: "service.register-handler.gc" },
];

/**
 * Makes what is missing in the data folder: the master key, the clients' secrets, the file that AC makes its first
 * organisation, operator and clients from. Nothing that exists is changed.
 */
export async function prepareDataFolder(options: DataFolderOptions): Promise<Parsed<DataFolder>> {
  const { dataDir, random, databaseElsewhere = false } = options;
  const unwritable = await makeFolders(FOLDERS.map((name) => `${dataDir}/${name}`));
  if (unwritable !== undefined) return { ok: false, message: unusable(dataDir, unwritable) };
  const hasDatabase = !databaseElsewhere && await hasContent(`${dataDir}/auth/auth.db`);
  const problem = await prepareMasterKey({ dataDir, hasDatabase, random });
  if (problem !== undefined) return { ok: false, message: problem };
  const bootstrapFile = `${dataDir}/auth/bootstrap.json`;
  const earlier = await readBootstrap(bootstrapFile);
  const operatorMade = `${dataDir}/auth/operator.made`;
  // It speaks of an operator whose password was taken out of the file by another start.
  if (earlier?.operator === undefined) await wasThere(operatorMade);
  const clients = [];
  for (const { id, serviceType, scope } of CLIENTS) {
    const secret = await clientSecret(`${dataDir}/${id}/client.secret`, earlier?.secrets.get(id), random);
    clients.push({ client_id: id, client_secret: secret, service_type: serviceType, scope });
  }
  // Until there is a database nobody was made: the settings of this start count. An operator that is still in the
  // file beside a database is one that AC may have made, with the password that stands there.
  const newOperator = hasDatabase ? earlier?.operator : {
    email: options.adminEmail,
    password: options.adminPassword ?? earlier?.operator?.password ??
      randomSecret(random, "base64url").slice(0, 24),
    display_name: "Operator",
  };
  const bootstrap: Bootstrap = {
    organization: {
      name: "Default",
      slug: FIRST_ORGANIZATION,
      open_registration: options.openRegistration,
      registration_follows: true,
    },
    clients,
  };
  await writeBootstrap(bootstrapFile, newOperator ? { ...bootstrap, operator: newOperator } : bootstrap);
  return {
    ok: true,
    value: {
      newOperator,
      operatorMade: async () => {
        if (newOperator !== undefined) await writeBootstrap(bootstrapFile, bootstrap);
        return await wasThere(operatorMade);
      },
    },
  };
}

async function clientSecret(
  file: string,
  known: string | undefined,
  random: DataFolderOptions["random"],
): Promise<string> {
  const existing = (await readIfThere(file))?.trim();
  if (existing) return existing;
  const secret = known ?? randomSecret(random, "base64url");
  await writePrivate(file, `${secret}\n`);
  return secret;
}

/** Removes a file; answers whether there was one. */
async function wasThere(file: string): Promise<boolean> {
  try {
    await Deno.remove(file);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** SQLite makes an empty file before it writes to it: that is no database yet. */
async function hasContent(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
