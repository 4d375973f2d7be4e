import { writePrivate } from "./private_file.ts";

/** The first operator, who is also an admin of the default organisation. */
export interface Operator {
  readonly email: string;
  readonly password: string;
  readonly display_name: string;
}

/** What AC makes at its start, as far as it doesn't exist. */
export interface Bootstrap {
  readonly organization: {
    readonly name: string;
    readonly slug: string;
    readonly open_registration: boolean;
    /** At each start, until the operator has changed it. */
    readonly registration_follows: boolean;
  };
  readonly operator?: Operator;
  readonly clients: readonly {
    readonly client_id: string;
    readonly client_secret: string;
    readonly service_type: string;
    readonly scope: string;
  }[];
}

/** Writes the file in one step, readable by its owner alone. */
export async function writeBootstrap(file: string, bootstrap: Bootstrap): Promise<void> {
  await writeJson(file, bootstrap);
}

async function writeJson(file: string, content: unknown): Promise<void> {
  await writePrivate(file, `${JSON.stringify(content, undefined, 2)}\n`);
}

/** What an earlier start left in the file: the operator, if not made yet, and the clients' secrets. */
export async function readBootstrap(
  file: string,
): Promise<{ operator: Operator | undefined; secrets: ReadonlyMap<string, string> } | undefined> {
  let content: unknown;
  try {
    content = JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return undefined;
    throw error;
  }
  const { operator, clients } = record(content);
  const secrets = new Map<string, string>();
  for (const client of Array.isArray(clients) ? clients : []) {
    const { client_id, client_secret } = record(client);
    if (typeof client_id === "string" && typeof client_secret === "string") {
      secrets.set(client_id, client_secret);
    }
  }
  return { operator: operatorOf(operator), secrets };
}

/** Takes the operator, and with it the password, out of the file; the rest stays as it is. */
export async function withoutOperator(file: string): Promise<void> {
  const { operator, ...rest } = record(JSON.parse(await Deno.readTextFile(file)));
  if (operator !== undefined) await writeJson(file, rest);
}

function operatorOf(value: unknown): Operator | undefined {
  const { email, password, display_name } = record(value);
  if (typeof email !== "string" || typeof password !== "string" || typeof display_name !== "string") {
    return undefined;
  }
  return { email, password, display_name };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
