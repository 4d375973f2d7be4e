import { assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async";
import type { Plan } from "../../shared/dev/plan.ts";
import { startChild } from "../../shared/dev/up/running_child.ts";
import { client } from "./support/client.ts";
import { deployment, preparedPlan, processesOf } from "./support/deployment.ts";

/** Starts GC and waits for its end: what it said, and its exit code. */
async function ending(
  plan: Plan,
  env: Record<string, string> = {},
): Promise<{ code: number; lines: readonly string[] }> {
  const process = (await processesOf(plan)).find(({ name }) => name === "global");
  if (process === undefined) throw new Error("no global");
  const { code, lines } = await startChild({ ...process, env: { ...process.env, ...env } }, () => {}).exit;
  return { code, lines };
}

const garbage = "this is not a database, ".repeat(400);

Deno.test("start › a damaged database is one clear line, exit code 2, and left as it was", async () => {
  for (const file of ["global/global.db", "live/live.db"]) {
    const plan = await preparedPlan();
    const path = `${plan.dataDir}/${file}`;
    await Deno.writeTextFile(path, garbage);
    const { code, lines } = await ending(plan);
    assertEquals(code, 2);
    assertEquals(lines.length, 1);
    assertMatch(lines[0] ?? "", new RegExp(`^global: the database ${path} is damaged`));
    assertEquals(await Deno.readTextFile(path), garbage);
    await Deno.remove(plan.dataDir, { recursive: true });
  }
});

Deno.test("start › a taken port is one clear line and exit code 2", async () => {
  const plan = await preparedPlan();
  const taken = Deno.listen({ hostname: "127.0.0.1", port: plan.port });
  const { code, lines } = await ending(plan);
  taken.close();
  assertEquals(code, 2);
  assertEquals(lines.length, 1);
  assertMatch(lines[0] ?? "", new RegExp(`^global: port ${plan.port} on 127.0.0.1 is taken`));
  await Deno.remove(plan.dataDir, { recursive: true });
});

Deno.test("start › an unusable setting is named, and exit code 2", async () => {
  const plan = await preparedPlan();
  const { code, lines } = await ending(plan, { DT_LIMIT_ADDRESS_BURST: "many" });
  assertEquals([code, lines.length], [2, 1]);
  assertMatch(lines[0] ?? "", /^global: DT_LIMIT_ADDRESS_BURST is "many"; it must be a whole number/);
  const half = await ending(plan, { DT_TLS_CERT_FILE: "/nowhere.pem" });
  assertEquals(half.code, 2);
  const turn = await ending(plan, { DT_TURN_URLS: "turn:turn.example.org:3478" });
  assertEquals([turn.code, turn.lines.length], [2, 1]);
  assertMatch(turn.lines[0] ?? "", /^global: DT_TURN_URLS needs DT_TURN_SECRET/);
  const seldom = await ending(plan, { DT_HEARTBEAT_INTERVAL_MS: "5001", DT_HEARTBEAT_TIMEOUT_MS: "15000" });
  assertEquals([seldom.code, seldom.lines], [2, [
    'global: DT_HEARTBEAT_INTERVAL_MS is "5001"; ' +
    "it must not be more than a third of DT_HEARTBEAT_TIMEOUT_MS, which is 15000",
  ]]);
  await Deno.remove(plan.dataDir, { recursive: true });
});

Deno.test("start › without a client that AC knows it is not ready, and says so", async () => {
  await using d = await deployment({ env: { DT_CLIENT_ID: "somebody-else" } });
  const reason = async () => JSON.stringify((await client(d).send("GET", "/ready")).body);
  const refused = /AC gives client .*somebody-else.* no token .*\(401\)/;
  // At first it may not have AC's keys yet.
  for (let n = 0; n < 50 && !refused.test(await reason()); n++) await delay(100);
  assertMatch(await reason(), refused);
});
