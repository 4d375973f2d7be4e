import { authFolder } from "../auth/auth_process.ts";
import { fuzz, fuzzTargets } from "../auth/drills/fuzz.ts";
import { killWhileRotating } from "../auth/drills/kills.ts";
import { compareRefusals } from "../auth/drills/refusals.ts";
import { rotateUnderLoad } from "../auth/drills/rotation.ts";
import { basic, CLIENTS } from "../auth/start_auth.ts";
import { httpRequest } from "../bench/auth/kept_connection.ts";
import { load } from "../bench/auth/load.ts";
import type { Row } from "../bench/row.ts";
import { databaseKinds } from "../store/databases.ts";
import { flat, startInspectedAuth } from "./live_memory.ts";

const LOGINS = 200;
const ROTATIONS = 10;
const KILLS = 50;
const REQUESTS = 100_000;
const CHUNK = 10_000;
const LOAD_SECONDS = 600;
const SAMPLE_SECONDS = 30;

type Tell = (row: Row) => void;

/** AC under everything that the design asks for, as often as it asks. */
export async function run(tell: Tell): Promise<void> {
  await refusals(tell);
  for (const { name, missing, create } of await databaseKinds()) {
    if (missing) continue;
    await using database = await create();
    await rotations(tell, name, await rotateUnderLoad(ROTATIONS + 1, 16, database.location));
  }
  for (const { name, missing, create } of await databaseKinds()) {
    if (missing) continue;
    await using database = await create();
    const { kills, tokens, wrong } = await killWhileRotating(KILLS, database.location);
    for (const line of wrong) tell({ name: `${name}: ${line}`, value: 1, unit: "", met: false });
    const steps = [...kills].map(([step, count]) => `${step} ${count}`).join(", ");
    tell(nothing(`${name}: what was wrong after ${KILLS} kills (${steps}; ${tokens} tokens)`, wrong.length));
  }
  await fuzzing(tell);
  await steadyLoad(tell);
}

async function refusals(tell: Tell): Promise<void> {
  const { bodies, statuses, longer } = await compareRefusals(LOGINS);
  tell({
    name: `bodies of ${3 * LOGINS} refused logins`,
    value: bodies.size,
    unit: "",
    target: 1,
    lower_is_better: true,
  });
  tell({ name: "their statuses", value: statuses.size, unit: "", target: 1, lower_is_better: true });
  for (const { kinds, share, z } of longer) {
    tell({
      name: `${kinds}: longer in`,
      value: 100 * share,
      unit: "% of pairs",
      met: Math.abs(z) < 4,
      peer: "z",
      ratio: z,
    });
  }
}

function rotations(tell: Tell, name: string, report: Awaited<ReturnType<typeof rotateUnderLoad>>): void {
  const { keys, issued, perSecond, refused, forged, accepted } = report;
  tell({
    name: `${name}: tokens while ${keys - 1} keys followed`,
    value: perSecond,
    unit: "tokens/s",
    target: 2000,
  });
  tell(
    nothing(`${name}: valid tokens refused of ${issued}`, refused.values().reduce((sum, n) => sum + n, 0)),
  );
  tell(
    nothing(`${name}: forged tokens accepted of ${forged}`, accepted.values().reduce((sum, n) => sum + n, 0)),
  );
}

async function fuzzing(tell: Tell): Promise<void> {
  await using folder = await authFolder();
  await using inspected = await startInspectedAuth(folder.path, { DT_LOG_LEVEL: "info" });
  const { auth } = inspected;
  const targets = await fuzzTargets(auth.url);
  const seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
  const wrong: string[] = [];
  const memory = [await inspected.live()];
  for (let sent = 0; sent < REQUESTS; sent += CHUNK) {
    wrong.push(...(await fuzz(auth.url, targets, CHUNK, seed + sent)).wrong);
    memory.push(await inspected.live());
  }
  for (const line of wrong) tell({ name: line, value: 1, unit: "", met: false });
  tell(nothing(`answers that are not documented, of ${REQUESTS} (seed ${seed})`, wrong.length));
  for (const row of flat("fuzzing", memory)) tell(row);
}

async function steadyLoad(tell: Tell): Promise<void> {
  await using folder = await authFolder();
  await using inspected = await startInspectedAuth(folder.path);
  const { client_id, client_secret } = CLIENTS.meeting;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    authorization: basic(client_id, client_secret),
  };
  const body = "grant_type=client_credentials&scope=service.link.mh";
  const request = httpRequest("POST", "/api/v1/auth/service/token", headers, body);
  const memory = [await inspected.live()];
  let tokens = 0;
  for (let seconds = 0; seconds < LOAD_SECONDS; seconds += SAMPLE_SECONDS) {
    const options = { port: inspected.auth.port, request, connections: 16, seconds: SAMPLE_SECONDS };
    tokens += SAMPLE_SECONDS * (await load(options)).perSecond;
    memory.push(await inspected.live());
  }
  tell({ name: `tokens in ${LOAD_SECONDS / 60} minutes`, value: tokens, unit: "tokens" });
  for (const row of flat("load", memory)) tell(row);
}

function nothing(name: string, value: number): Row {
  return { name, value, unit: "", target: 0, lower_is_better: true };
}
