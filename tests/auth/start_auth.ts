import { start } from "../../auth/main.ts";
import { definition } from "../../auth/settings.ts";
import type { Settings } from "../../auth/settings.ts";
import { load } from "../../shared/config/mod.ts";
import { configureLogging } from "../../shared/log/mod.ts";

export const MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
export const ISSUER = "http://localhost:8080";
export const OPERATOR = { email: "operator@example.org", password: "correct horse battery" };
export const CLIENTS = {
  global: {
    client_id: "global",
    client_secret: "global-secret-global-secret-global-secret",
    service_type: "global-controller",
    scope: "service.issue-meeting-token.ac service.forward-address.ac service.read-disabled-users.ac " +
      "service.record-audit.ac service.manage-meetings.mc",
  },
  meeting: {
    client_id: "meeting",
    client_secret: "meeting-secret-meeting-secret-meeting-secret",
    service_type: "meeting-controller",
    scope: "service.register-controller.gc service.issue-meeting-token.gc service.link.mh",
  },
  rotator: {
    client_id: "rotator",
    client_secret: "rotator-secret-rotator-secret-rotator-secret",
    service_type: "operations",
    scope: "service.rotate-keys.ac",
  },
  forcer: {
    client_id: "forcer",
    client_secret: "forcer-secret+/=%: forcer-secret forcer-secret",
    service_type: "operations",
    scope: "admin.force-rotate-keys.ac",
  },
} as const;

/** Limits that no test comes near. */
export const WIDE_LIMITS = {
  DT_LIMIT_LOGINS_PER_SECOND: "1000000",
  DT_LIMIT_LOGINS_BURST: "1000000",
  DT_LIMIT_SERVICE_TOKENS_PER_SECOND: "1000000",
  DT_LIMIT_SERVICE_TOKENS_BURST: "1000000",
  DT_LIMIT_REGISTRATIONS_PER_HOUR: "10000",
  DT_LIMIT_TOKENS_PER_SECOND: "1000000",
  DT_LIMIT_TOKENS_BURST: "1000000",
};

export interface RunningAuth extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  readonly database: string;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Registers a user; gives their token and id. */
  register(
    email: string,
    password?: string,
  ): Promise<{ access_token: string; user_id: string; cookie: string }>;
  /** A service's token by HTTP Basic. */
  serviceToken(client: keyof typeof CLIENTS, scope?: string): Promise<string>;
  operatorToken(): Promise<string>;
}

interface StartAuthOptions {
  /** Where its data is, which stays; a folder of its own unless given. */
  readonly folder?: string;
  /** Its wall clock. */
  readonly now?: () => number;
  /** Whether its audit store and its hashers have Workers, as in earnest, which take longer to start than all else. */
  readonly workers?: boolean;
}

/** Runs AC in this process on a port of its own; `env` is what differs from the defaults. */
export async function startAuth(
  env: Record<string, string> = {},
  { folder: given, now = Date.now, workers = false }: StartAuthOptions = {},
): Promise<RunningAuth> {
  const folder = given ?? await Deno.makeTempDir();
  const loaded = await authSettings(folder, env);
  const stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  const settings = env["DT_PORT"] === undefined ? { ...loaded, port: 0 } : loaded;
  const fail = (error: unknown) => {
    throw error;
  };
  try {
    const server = await start(settings, { stack, stopping: stopping.signal, fail }, {
      now,
      workers,
    });
    return client(`http://127.0.0.1:${server.port}`, folder, async () => {
      stopping.abort();
      await stack.disposeAsync();
      if (given === undefined) await Deno.remove(folder, { recursive: true });
    });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** The settings of an AC with its data in this folder; `env` is what differs from the defaults. */
export async function authSettings(folder: string, env: Record<string, string> = {}): Promise<Settings> {
  configureLogging({ service: "auth", level: "error" });
  const file = `${folder}/bootstrap.json`;
  if (env["DT_BOOTSTRAP_FILE"] === undefined) await Deno.writeTextFile(file, JSON.stringify(BOOTSTRAP));
  const variables: Record<string, string> = {
    DT_DATA_DIR: folder,
    DT_ISSUER: ISSUER,
    DT_MASTER_KEY: MASTER_KEY,
    DT_BOOTSTRAP_FILE: file,
    ...WIDE_LIMITS,
    ...env,
  };
  const loaded = load(definition, { env: (name) => variables[name], readFile: () => "" });
  if (!loaded.ok) throw new Error(loaded.message);
  return loaded.value;
}

export const BOOTSTRAP = {
  organization: { name: "Default", slug: "default", open_registration: true },
  operator: { ...OPERATOR, display_name: "Operator" },
  clients: Object.values(CLIENTS),
};

export function basic(id: string, secret: string): string {
  const encoded = [id, secret].map((text) => new URLSearchParams([["", text]]).toString().slice(1));
  return `Basic ${btoa(encoded.join(":"))}`;
}

function client(url: string, folder: string, dispose: () => Promise<void>): RunningAuth {
  const post: RunningAuth["post"] = (path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  return {
    url,
    folder,
    database: `${folder}/auth.db`,
    post,
    async register(email, password = "a long enough password") {
      const answer = await post("/api/v1/auth/register", { email, password, display_name: "Ada" });
      const body = await answer.json();
      if (answer.status !== 201) throw new Error(JSON.stringify(body));
      return { ...body, cookie: cookieOf(answer) };
    },
    async serviceToken(name, scope) {
      const { client_id, client_secret } = CLIENTS[name];
      const answer = await fetch(`${url}/api/v1/auth/service/token`, {
        method: "POST",
        headers: { authorization: basic(client_id, client_secret) },
        body: new URLSearchParams({
          grant_type: "client_credentials",
          ...(scope === undefined ? {} : { scope }),
        }),
      });
      const body = await answer.json();
      if (!answer.ok) throw new Error(JSON.stringify(body));
      return body.access_token;
    },
    async operatorToken() {
      return (await (await post("/api/v1/auth/user/token", OPERATOR)).json()).access_token;
    },
    [Symbol.asyncDispose]: dispose,
  };
}

/** The `name=value` of an answer's session cookie. */
export function cookieOf(answer: Response): string {
  return answer.headers.getSetCookie().join().split(";")[0] ?? "";
}
