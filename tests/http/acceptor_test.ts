import { assertEquals } from "@std/assert";

Deno.test("acceptor › checks while there is no descriptor to try the listener with leave nothing behind", async () => {
  const program = new URL("./programs/untried_acceptor.ts", import.meta.url).pathname;
  const run = `ulimit -n 100; exec "$0" run --quiet --no-check -A "$@"`;
  const { stdout, code } = await new Deno.Command("sh", {
    args: ["-c", run, Deno.execPath(), program],
    stderr: "inherit",
  }).output();
  assertEquals([new TextDecoder().decode(stdout), code], ["[]\n", 0]);
});
