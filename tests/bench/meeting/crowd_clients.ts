import { say } from "../../../shared/dev/say.ts";
import { load } from "../../load/load.ts";
import type { CrowdOptions } from "./spread_load.ts";

/**
 * A part of a crowd, in a process of its own. Its argument is the load; it prints a line when all have joined, goes on when
 * it is sent something, and prints the result.
 */
const options: CrowdOptions = JSON.parse(Deno.args[0] ?? "");
const result = await load({
  ...options,
  async whileJoined() {
    say("joined\n");
    await Deno.stdin.read(new Uint8Array(1));
  },
});
say(`${JSON.stringify(result)}\n`);
Deno.exit(0);
