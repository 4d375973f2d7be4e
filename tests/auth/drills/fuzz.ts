import fc from "fast-check";
import { basic, CLIENTS, OPERATOR } from "../start_auth.ts";
import { type Shot, shots, type Targets } from "./shots.ts";

/** What AC may answer to anything. */
const DOCUMENTED: ReadonlySet<number> = new Set([
  200,
  201,
  204,
  400,
  401,
  403,
  404,
  405,
  408,
  409,
  413,
  415,
  429,
  503,
]);

export interface FuzzReport {
  readonly statuses: ReadonlyMap<number, number>;
  /** What should not have been answered, at most ten of it. */
  readonly wrong: readonly string[];
}

/** Sends `count` requests to an AC, eight at a time. A seed that found something finds it again. */
export async function fuzz(
  url: string,
  targets: Targets,
  count: number,
  seed: number,
): Promise<FuzzReport> {
  const statuses = new Map<number, number>();
  const wrong: string[] = [];
  const all = fc.sample(shots(targets), { numRuns: count, seed });
  const next = all.values();
  async function shoot(): Promise<void> {
    for (const shot of next) {
      const { status, text } = await send(url, shot);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      const isLeak = /\bat (async )?[\w.<>]+ \(|file:\/\/|\.ts:\d+|SQLITE|SyntaxError|TypeError/.test(text);
      if (DOCUMENTED.has(status) && !isLeak) continue;
      if (wrong.length < 10) {
        wrong.push(`${status} ${JSON.stringify(shot).slice(0, 500)}: ${text.slice(0, 300)}`);
      }
    }
  }
  await Promise.all(Array.from({ length: 8 }, shoot));
  return { statuses, wrong };
}

async function send(
  url: string,
  { method, path, headers, body }: Shot,
): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers,
    redirect: "manual",
    ...(body === undefined ? {} : { body: body.toWellFormed() }),
  });
  const text = await answer.text();
  // Metrics speak of files in their help.
  return { status: answer.status, text: path.startsWith("/metrics") ? "" : text };
}

/** Good tokens, an operator's, a member's and services', and a client and an account that may come to harm. */
export async function fuzzTargets(url: string): Promise<Targets> {
  const post = async (path: string, init: RequestInit) => {
    const answer = await fetch(`${url}/api/v1/auth/${path}`, { method: "POST", ...init });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status} and no token`);
    return await answer.json();
  };
  const json = (body: unknown): RequestInit => ({
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const register = (name: string) =>
    post("register", json({ email: `${name}@example.org`, password: OPERATOR.password, display_name: name }));
  const service = ({ client_id, client_secret, scope }: typeof CLIENTS[keyof typeof CLIENTS]) =>
    post("service/token", {
      headers: { authorization: basic(client_id, client_secret) },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        scope: scope.split(" ").filter((name) => name.endsWith(".ac")).join(" "),
      }),
    });
  const signedIn = [
    await post("user/token", json(OPERATOR)),
    await register("member"),
    await service(CLIENTS.global),
    await service(CLIENTS.rotator),
  ];
  return {
    tokens: signedIn.map(({ access_token }): string => access_token),
    clientId: CLIENTS.forcer.client_id,
    userId: (await register("victim")).user_id,
  };
}
