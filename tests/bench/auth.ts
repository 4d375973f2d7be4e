import { authFolder, freePort, startAuthProcess } from "../auth/auth_process.ts";
import { basic, CLIENTS } from "../auth/start_auth.ts";
import { httpRequest } from "./auth/kept_connection.ts";
import { load } from "./auth/load.ts";
import type { LoadOptions, LoadResult } from "./auth/load.ts";
import { loginRows } from "./auth/logins.ts";
import { startOidcProvider } from "./auth/oidc_provider.ts";
import { validationRows } from "./auth/validation.ts";
import type { Row } from "./row.ts";

/** As many clients as keep a server busy, so that it is the server that is measured. */
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
const SECONDS = 3;
/** Who is measured takes turns, so that what else happens on the machine happens to all. */
const ROUNDS = 4;
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** What AC does in a second, with `oidc-provider` under Node and bare Argon2id beside it in the same run. */
export async function run(): Promise<readonly Row[]> {
  return [...await tokenRows(), ...await loginRows(), ...await validationRows()];
}

/** Somebody who hands out service tokens. */
interface Candidate {
  readonly port: number;
  readonly request: Uint8Array;
}

async function tokenRows(): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const candidates = [
    stack.use(await peerCandidate()),
    stack.use(await authCandidate(1)),
    stack.use(await authCandidate(2)),
  ] as const;
  for (const each of candidates) await load({ ...each, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
  const measured = candidates.map((): LoadResult[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, each] of candidates.entries()) {
      measured[index]?.push(await served({ ...each, connections: CONNECTIONS, seconds: SECONDS }));
    }
  }
  const [peer = 0, one = 0, two = 0] = measured.map((rounds) =>
    median(rounds.map(({ perSecond }) => perSecond))
  );
  const steady = async (candidate: Candidate, peak: number) =>
    await served({ ...candidate, connections: CONNECTIONS, seconds: 2 * SECONDS, perSecond: 0.8 * peak });
  const row = (who: string, value: number): Row => ({
    name: `service tokens over HTTP, ${who}, median of ${ROUNDS} turns`,
    value,
    unit: "tokens/s",
    target: 3 * peer,
    peer: `oidc-provider under Node, ${Math.round(peer)}/s`,
    ratio: value / peer,
  });
  const ours = await steady(candidates[1], one);
  const peers = await steady(candidates[0], peer);
  return [
    row("one AC process", one),
    row("two AC processes behind one port", two),
    ...latencyRows("one AC process", ours, peers),
  ];
}

async function served(options: LoadOptions): Promise<LoadResult> {
  const result = await load(options);
  if (result.refused.size === 0) return result;
  throw new Error(`Answers that are no tokens: ${JSON.stringify([...result.refused])}`);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

async function peerCandidate(): Promise<Candidate & AsyncDisposable> {
  const secret = "secret-secret-secret-secret-secret-secret-x";
  const peer = await startOidcProvider("bench", secret);
  const headers = { ...FORM, authorization: basic("bench", secret) };
  const request = httpRequest("POST", "/token", headers, "grant_type=client_credentials&scope=bench");
  return { port: peer.port, request, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

async function authCandidate(processes: 1 | 2): Promise<Candidate & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await authFolder());
  const port = freePort();
  const options = { folder: folder.path, port, env: { DT_REUSE_PORT: "true" } };
  for (let index = 0; index < processes; index++) stack.use(await startAuthProcess(options));
  const { client_id, client_secret } = CLIENTS.meeting;
  const headers = { ...FORM, authorization: basic(client_id, client_secret) };
  const body = "grant_type=client_credentials&scope=service.link.mh";
  const request = httpRequest("POST", "/api/v1/auth/service/token", headers, body);
  return { port, request, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function latencyRows(who: string, ours: LoadResult, peers: LoadResult): Row[] {
  return (["p50", "p95", "p99"] as const).map((name) => ({
    name: `service token at 80 % of the peak, ${who}, ${name}`,
    value: ours[name],
    unit: "ms",
    lower_is_better: true,
    peer: `oidc-provider at 80 % of its own peak, ${peers[name].toFixed(1)} ms`,
    ratio: ours[name] / peers[name],
    ...(name === "p99" ? { target: 50 } : {}),
  }));
}
