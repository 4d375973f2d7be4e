import { assertEquals } from "@std/assert";
import { freePorts } from "../../free_ports.ts";

Deno.test("port of a shard › while there is no descriptor to try it with it isn't known yet whether it is free", async () => {
  const program = new URL("../programs/port_without_descriptors.ts", import.meta.url).pathname;
  const run = `ulimit -n 100; exec "$0" run --quiet --no-check -A "$@"`;
  const { stdout, code } = await new Deno.Command("sh", {
    args: ["-c", run, Deno.execPath(), program, String(freePorts(1))],
    stderr: "inherit",
  }).output();
  assertEquals([new TextDecoder().decode(stdout), code], ["true\n", 0]);
});
