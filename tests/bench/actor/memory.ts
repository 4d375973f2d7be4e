/** `deno run --v8-flags=--expose-gc memory.ts`: prints the bytes of heap that an idle actor holds. */
import { type ActorRef, createScope } from "../../../shared/actor/mod.ts";
import { Counting, CountingActor } from "./counting.ts";

const count = 20_000;

function heapUsed(): number {
  // Present with `--expose-gc` alone.
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Run it with --v8-flags=--expose-gc");
  for (let i = 0; i < 3; i++) gc();
  return Deno.memoryUsage().heapUsed;
}

await using scope = createScope();
const spawn = () => scope.spawn(CountingActor, undefined);
const warm = Array.from({ length: 100 }, spawn);
await Promise.all(warm.map((ref) => ref.ask("add", 1)));
const refs: ActorRef<typeof Counting>[] = new Array(count);
const before = heapUsed();
for (let i = 0; i < count; i++) refs[i] = spawn();
// Idle is after the first message, not before.
await Promise.all(refs.map((ref) => ref.ask("add", 1)));
await new Promise((resolve) => setTimeout(resolve, 20));
const bytes = (heapUsed() - before) / count;
await Deno.stdout.write(new TextEncoder().encode(`${Math.round(bytes)}\n`));
