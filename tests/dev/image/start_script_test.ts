import { assertEquals } from "@std/assert";
import { freePorts } from "../../free_ports.ts";
import { superviseCommand } from "../supervised.ts";

const checkout = new URL("../../../", import.meta.url).pathname.replace(/\/$/, "");

/**
 * Starts `start.sh` as the first process of a container, which gets no signal that it doesn't listen to, and stops it while
 * the permissions are computed: its `deno` says so, and waits to be let go on. Answers the exit code, or that it runs.
 */
async function stoppedEarly(
  signal: "SIGTERM" | "SIGINT",
  args: readonly string[],
): Promise<number | "it runs"> {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-start-" });
  const gate = `${folder}/gate`;
  await new Deno.Command("mkfifo", { args: [gate] }).output();
  const deno = ["#!/bin/sh", "echo computing >&2", `read line < ${gate}`, `exec '${Deno.execPath()}' "$@"`];
  await Deno.writeTextFile(`${folder}/deno`, `${deno.join("\n")}\n`, { mode: 0o755 });
  await Deno.mkdir(`${folder}/data`);
  await using running = superviseCommand("unshare", {
    args: ["--pid", "--fork", "--kill-child", "sh", "shared/dev/image/start.sh", "auth", ...args],
    cwd: checkout,
    env: {
      PATH: `${folder}:${Deno.env.get("PATH")}`,
      DT_DATA_DIR: `${folder}/data`,
      DT_MASTER_KEY: "A".repeat(43),
      DT_PORT: String(freePorts(1)),
    },
  });
  await running.line("computing");
  const shell = await Deno.readTextFile(`/proc/${running.pid}/task/${running.pid}/children`);
  Deno.kill(Number(shell), signal);
  await Deno.writeTextFile(gate, "go on\n");
  const runs = running.line("listening").then(() => "it runs" as const, () => running.exitCode);
  const outcome = await Promise.race([running.exitCode, runs]);
  await Deno.remove(folder, { recursive: true });
  return outcome;
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`start script › ${signal} while it computes the permissions ends a service with 0, and a command by the signal`, async () => {
    assertEquals(await stoppedEarly(signal, []), 0);
    assertEquals(await stoppedEarly(signal, ["user", "list"]), signal === "SIGTERM" ? 143 : 130);
  });
}
