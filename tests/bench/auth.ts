import { authFolder, freePort, startAuthProcess } from "../auth/auth_process.ts";
import { basic, CLIENTS } from "../auth/start_auth.ts";
import { httpRequest, load } from "./auth/load.ts";
import type { LoadResult } from "./auth/load.ts";
import { loginRows } from "./auth/logins.ts";
import { startOidcProvider } from "./auth/oidc_provider.ts";
import { validationRows } from "./auth/validation.ts";
import type { Row } from "./row.ts";

const CONNECTIONS = 16;
const WARM_UP_SECONDS = 3;
const SECONDS = 6;
const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** What AC does in a second, with `oidc-provider` under Node and bare Argon2id beside it in the same run. */
export async function run(): Promise<readonly Row[]> {
  const peer = await measurePeer();
  const one = await measureAuth(1);
  const two = await measureAuth(2);
  const label = `oidc-provider under Node, ${Math.round(peer.peak.perSecond)}/s`;
  return [
    {
      name: "service tokens over HTTP, two AC processes behind one port",
      value: two.peak.perSecond,
      unit: "tokens/s",
      target: 3 * peer.peak.perSecond,
      peer: label,
      ratio: two.peak.perSecond / peer.peak.perSecond,
    },
    {
      name: "service tokens over HTTP, one AC process",
      value: one.peak.perSecond,
      unit: "tokens/s",
      target: 3 * peer.peak.perSecond,
      peer: label,
      ratio: one.peak.perSecond / peer.peak.perSecond,
    },
    ...latencyRows("one AC process", one.steady, peer.steady),
    ...await loginRows(),
    ...await validationRows(),
  ];
}

interface Measured {
  /** As fast as answers come. */
  readonly peak: LoadResult;
  /** At 80 % of that. */
  readonly steady: LoadResult;
}

async function measure(port: number, request: Uint8Array): Promise<Measured> {
  await load({ port, request, connections: CONNECTIONS, seconds: WARM_UP_SECONDS });
  const peak = await load({ port, request, connections: CONNECTIONS, seconds: SECONDS });
  const steady = await load({
    port,
    request,
    connections: 4 * CONNECTIONS,
    seconds: SECONDS,
    perSecond: 0.8 * peak.perSecond,
  });
  for (const { refused } of [peak, steady]) {
    if (refused.size > 0) throw new Error(`Answers that are no tokens: ${JSON.stringify([...refused])}`);
  }
  return { peak, steady };
}

async function measurePeer(): Promise<Measured> {
  const secret = "secret-secret-secret-secret-secret-secret-x";
  await using peer = await startOidcProvider("bench", secret);
  const headers = { ...FORM, authorization: basic("bench", secret) };
  const request = httpRequest("POST", "/token", headers, "grant_type=client_credentials&scope=bench");
  return await measure(peer.port, request);
}

async function measureAuth(processes: 1 | 2): Promise<Measured> {
  await using folder = await authFolder();
  const port = freePort();
  const options = { folder: folder.path, port, env: { DT_REUSE_PORT: "true" } };
  await using _one = await startAuthProcess(options);
  await using _two = processes === 2 ? await startAuthProcess(options) : undefined;
  const { client_id, client_secret } = CLIENTS.meeting;
  const headers = { ...FORM, authorization: basic(client_id, client_secret) };
  const body = "grant_type=client_credentials&scope=service.link.mh";
  return await measure(port, httpRequest("POST", "/api/v1/auth/service/token", headers, body));
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
