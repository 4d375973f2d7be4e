import { hash, verify } from "@node-rs/argon2";
import { authFolder, startAuthProcess } from "../../auth/auth_process.ts";
import { OPERATOR } from "../../auth/start_auth.ts";
import type { Row } from "../row.ts";
import { httpRequest } from "./kept_connection.ts";
import { load } from "./load.ts";

const SECONDS = 6;
/** As many as AC hashes at a time. */
const AT_ONCE = 2;
const OPTIONS = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** Logins beside the bare hash that each of them has to compute. */
export async function loginRows(): Promise<readonly Row[]> {
  const bare = await bareVerifications();
  await using folder = await authFolder();
  await using auth = await startAuthProcess({ folder: folder.path });
  const request = httpRequest("POST", "/api/v1/auth/user/token", {
    "content-type": "application/json",
  }, JSON.stringify(OPERATOR));
  await load({ port: auth.port, request, connections: 2 * AT_ONCE, seconds: 1 });
  const { perSecond, refused } = await load({
    port: auth.port,
    request,
    connections: 2 * AT_ONCE,
    seconds: SECONDS,
  });
  if (refused.size > 0) throw new Error(`Logins were refused: ${JSON.stringify([...refused])}`);
  return [{
    name: "logins over HTTP",
    value: perSecond,
    unit: "logins/s",
    target: 0.9 * bare,
    peer: `bare Argon2id, ${bare.toFixed(1)}/s`,
    ratio: perSecond / bare,
  }];
}

async function bareVerifications(): Promise<number> {
  const stored = await hash(OPERATOR.password, OPTIONS);
  const startedAt = performance.now();
  let done = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (performance.now() - startedAt < SECONDS * 1000) {
      await verify(stored, OPERATOR.password);
      done++;
    }
  }));
  return done / ((performance.now() - startedAt) / 1000);
}
