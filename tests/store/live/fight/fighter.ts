/** `fighter.ts URL DATABASE NAME MEETINGS`: takes every meeting once, from whoever has it, and prints each generation that it got. */
import { delay } from "@std/async";
import { createScope } from "../../../../shared/actor/mod.ts";
import { raiseTerm } from "../../../../global/placement/raise_term.ts";
import { migrations } from "../../../../global/store/migrations.ts";
import type { GlobalTables } from "../../../../global/store/schema.ts";
import { openDatabase } from "../../../../shared/store/mod.ts";
import { startLiveStore } from "../../../../shared/store/live/mod.ts";
import { place } from "../samples.ts";

const [url = "", location = "", controller_id = "", meetings = "0"] = Deno.args;
const instance_id = "run-1";
const PAUSE_MS = 5;

await using database = await openDatabase<GlobalTables>(JSON.parse(location), migrations);
await using scope = createScope();
const { leases, snapshots } = startLiveStore(scope, { kind: "redis", url, settlingMs: 0 });

async function take(meeting_id: string): Promise<boolean> {
  const read = await leases.ask("lease", { meeting_id });
  if (!read.ok) return false;
  const expected_generation = read.value?.generation ?? 0;
  const term = await raiseTerm(database, meeting_id);
  if (typeof term !== "number") return false;
  const placed = await leases.ask("assign", {
    ...place,
    term,
    meeting_id,
    controller_id,
    instance_id,
    expected_generation,
  });
  if (!placed.ok) return false;
  print("assigned", meeting_id, placed.value.generation);
  const opened = await leases.ask("acquire", { meeting_id, controller_id, instance_id, shard: place.shard });
  if (!opened.ok) return false;
  const { generation } = opened.value;
  print("acquired", meeting_id, generation);
  // What a running meeting does: it stores its state, and writes back what the store has lost.
  const snapshot = `${controller_id} ${generation}`;
  const saved = await snapshots.ask("saveSnapshot", { meeting_id, generation, snapshot, chat: [] });
  if (!saved.ok) await leases.ask("writeBack", opened.value);
  return true;
}

function print(...words: (string | number)[]): void {
  // One write a line: several processes share the reader, not the pipe.
  Deno.stdout.writeSync(new TextEncoder().encode(`${words.join(" ")}\n`));
}

const ids = Array.from({ length: Number(meetings) }, (_, n) => `m-${n}`);
// Each in an order of its own, so that meetings are fought over and not handed on in a row.
for (const id of ids.sort(() => Math.random() - 0.5)) {
  // While the store is away each attempt fails at once.
  while (!await take(id)) await delay(PAUSE_MS);
}
