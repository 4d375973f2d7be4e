import { assertEquals } from "@std/assert";
import { aptCommand, installPackages } from "../../shared/dev/setup/apt.ts";
import type { CommandOptions, CommandResult } from "../../shared/dev/run_command.ts";

/** A machine whose apt-get answers with the given results, one a call. */
function machine(isRoot: boolean, results: CommandResult[]) {
  const calls: string[] = [];
  return {
    calls,
    isRoot,
    run(program: string, options: CommandOptions): Promise<CommandResult> {
      calls.push([program, ...options.args].join(" "));
      const result = results.shift();
      if (result === undefined) throw new Error("one call too many");
      for (const line of result.lines) options.onLine?.(line, "stdout");
      return Promise.resolve(result);
    },
  };
}

const quiet = { waitingFor: () => {}, count: () => {} };
const never = new AbortController().signal;
const ok = { success: true, code: 0, lines: [] };
const refused = { success: false, code: 100, lines: ["E: Unable to locate package meson"] };

Deno.test("apt › refreshes the package lists only when the first attempt fails", async () => {
  const fresh = machine(true, [ok]);
  assertEquals(await installPackages(["meson"], fresh, quiet, never), { state: "done" });
  assertEquals(fresh.calls, ["apt-get install -y --no-install-recommends meson"]);

  const bare = machine(true, [refused, ok, ok]);
  assertEquals(await installPackages(["meson"], bare, quiet, never), { state: "done" });
  assertEquals(bare.calls.map((call) => call.split(" ")[1]), ["install", "update", "install"]);
});

Deno.test("apt › without root nothing is run, and the command is told", async () => {
  const user = machine(false, []);
  const outcome = await installPackages(["g++", "meson"], user, quiet, never);
  assertEquals(outcome, {
    state: "failed",
    reason: "Debian packages are missing (g++ meson) and this is not root",
    command: "sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends g++ meson'",
  });
});

Deno.test("apt › a package that can't be had is told with apt's last lines and the command", async () => {
  const outcome = await installPackages(["meson"], machine(true, [refused, ok, refused]), quiet, never);
  assertEquals(outcome, {
    state: "failed",
    reason: "Debian packages could not be installed (meson)",
    command: aptCommand(["meson"]),
    lines: refused.lines,
  });
});

Deno.test("apt › counts the packages that are set up", async () => {
  const lines = [
    "0 upgraded, 2 newly installed, 0 to remove",
    "Setting up libx (1) ...",
    "Setting up meson (1) ...",
  ];
  const counts: string[] = [];
  const progress = {
    waitingFor: () => {},
    count: (done: number, total: number) => void counts.push(`${done}/${total}`),
  };
  await installPackages(["meson"], machine(true, [{ ...ok, lines }]), progress, never);
  assertEquals(counts, ["1/2", "2/2"]);
});
