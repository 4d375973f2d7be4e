import { hash, verify } from "@node-rs/argon2";
import { authFolder, startAuthProcess } from "../../auth/auth_process.ts";
import { OPERATOR } from "../../auth/start_auth.ts";
import { median } from "../median.ts";
import { targetAt } from "../row.ts";
import type { Row } from "../row.ts";
import { httpRequest } from "./kept_connection.ts";
import { load } from "./load.ts";

const SECONDS = 3;
const TURNS = 5;
/** As many as AC hashes at a time. */
const AT_ONCE = 2;
const OPTIONS = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** Logins, in turns with the bare hash that each of them has to compute. */
export async function loginRows(): Promise<readonly Row[]> {
  await using folder = await authFolder();
  await using auth = await startAuthProcess({
    folder: folder.path,
    env: { DT_LIMIT_PASSWORD_WORKERS: String(AT_ONCE) },
  });
  const stored = await hash(OPERATOR.password, OPTIONS);
  await logins(auth.port, 1);
  const bare: number[] = [];
  const ours: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    bare.push(await bareVerifications(stored, SECONDS));
    ours.push(await logins(auth.port, SECONDS));
  }
  const value = median(ours);
  const ratio = median(ours.map((perSecond, turn) => perSecond / (bare[turn] ?? NaN)));
  return [{
    name: "logins over HTTP",
    value,
    unit: "logins/s",
    target: targetAt(0.9, value, ratio),
    peer: `bare Argon2id, ${median(bare).toFixed(1)}/s`,
    ratio,
  }];
}

async function logins(port: number, seconds: number): Promise<number> {
  const headers = { "content-type": "application/json" };
  const request = httpRequest("POST", "/api/v1/auth/user/token", headers, JSON.stringify(OPERATOR));
  const { perSecond, refused } = await load({ port, request, connections: 2 * AT_ONCE, seconds });
  if (refused.size > 0) throw new Error(`Logins were refused: ${JSON.stringify([...refused])}`);
  return perSecond;
}

async function bareVerifications(stored: string, seconds: number): Promise<number> {
  const startedAt = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (performance.now() - startedAt < seconds * 1000) {
      await verify(stored, OPERATOR.password);
      done++;
    }
  }));
  return done / ((performance.now() - startedAt) / 1000);
}
