import { authFolder, freePort, startAuthProcess } from "../../auth/auth_process.ts";
import { basic, CLIENTS } from "../../auth/start_auth.ts";
import { median } from "../median.ts";
import { targetAt } from "../row.ts";
import type { Row } from "../row.ts";
import { httpRequest } from "./kept_connection.ts";
import { load } from "./load.ts";
import type { LoadOptions, LoadResult } from "./load.ts";
import { startOidcProvider } from "./oidc_provider.ts";

/** Enough that the server never waits for a client, and it is the server that is measured. */
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 3;
const SECONDS = 3;
/** Who is measured takes turns, so that what else happens on the machine happens to all. */
const TURNS = 5;
const CORES = navigator.hardwareConcurrency;
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** Somebody who hands out service tokens. */
interface Candidate extends AsyncDisposable {
  readonly port: number;
  readonly request: Uint8Array;
}

/** As fast as it goes, and right after that at 80 % of what that was. */
interface Turn {
  readonly peak: LoadResult;
  readonly steady: LoadResult;
}

/** Service tokens over HTTP: AC as one process and as one for each core, in turns with `oidc-provider`. */
export async function tokenRows(): Promise<readonly Row[]> {
  await using stack = new AsyncDisposableStack();
  const candidates = [
    stack.use(await peerCandidate()),
    stack.use(await authCandidate(1)),
    stack.use(await authCandidate(CORES)),
  ];
  const [peer = [], one = [], all = []] = await inTurns(candidates);
  return [
    peakRow("one process", one, peer),
    peakRow(`a process for each of ${CORES} cores`, all, peer),
    ...(["p50", "p95", "p99"] as const).map((name) => latencyRow(name, one, peer)),
  ];
}

async function inTurns(candidates: readonly Candidate[]): Promise<readonly Turn[][]> {
  for (const candidate of candidates) await served(candidate, { seconds: WARM_UP_SECONDS });
  const turns = candidates.map((): Turn[] => []);
  for (let round = 0; round < TURNS; round++) {
    for (const [index, candidate] of candidates.entries()) turns[index]?.push(await takeTurn(candidate));
  }
  return turns;
}

function peakRow(who: string, ours: readonly Turn[], peers: readonly Turn[]): Row {
  const peak = (turn: Turn | undefined) => turn?.peak.perSecond ?? NaN;
  const value = median(ours.map(peak));
  const ratio = median(ours.map((turn, index) => peak(turn) / peak(peers[index])));
  return {
    name: `service tokens over HTTP, ${who}`,
    value,
    unit: "tokens/s",
    target: targetAt(3, value, ratio),
    peer: `oidc-provider under Node, ${Math.round(median(peers.map(peak)))}/s`,
    ratio,
  };
}

function latencyRow(name: "p50" | "p95" | "p99", ours: readonly Turn[], peers: readonly Turn[]): Row {
  const [value = NaN, theirs = NaN] = [ours, peers].map((turns) =>
    median(turns.map(({ steady }) => steady[name]))
  );
  return {
    name: `service token at 80 % of the peak, one process, ${name}`,
    value,
    unit: "ms",
    lower_is_better: true,
    peer: `oidc-provider at 80 % of its own peak, ${theirs.toFixed(1)} ms`,
    ratio: value / theirs,
    ...(name === "p99" ? { target: 50 } : {}),
  };
}

async function takeTurn(candidate: Candidate): Promise<Turn> {
  const peak = await served(candidate, { seconds: SECONDS });
  return { peak, steady: await served(candidate, { seconds: SECONDS, perSecond: 0.8 * peak.perSecond }) };
}

async function served(
  { port, request }: Candidate,
  options: Pick<LoadOptions, "seconds" | "perSecond">,
): Promise<LoadResult> {
  const result = await load({ port, request, connections: CONNECTIONS, ...options });
  if (result.refused.size === 0) return result;
  throw new Error(`Answers that are no tokens: ${JSON.stringify([...result.refused])}`);
}

async function peerCandidate(): Promise<Candidate> {
  const secret = "secret-secret-secret-secret-secret-secret-x";
  const peer = await startOidcProvider("bench", secret);
  const headers = { ...FORM, authorization: basic("bench", secret) };
  const request = httpRequest("POST", "/token", headers, "grant_type=client_credentials&scope=bench");
  return { port: peer.port, request, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

/** AC with SQLite, rate limits lifted; several processes share a port. */
async function authCandidate(processes: number): Promise<Candidate> {
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
