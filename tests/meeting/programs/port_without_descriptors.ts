/** Asks whether the port is freed while there is no descriptor left to try it with, and lets go of them then. */
import { isPortFreed } from "../../../meeting/shard/is_port_freed.ts";

const held: Deno.FsFile[] = [];
try {
  for (;;) held.push(Deno.openSync("/dev/null"));
} catch {
  // There is none left.
}
const freed = isPortFreed("127.0.0.1", Number(Deno.args[0]));
for (const file of held) file.close();
await Deno.stdout.write(new TextEncoder().encode(`${await freed}\n`));
