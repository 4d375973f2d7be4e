import { textLines } from "../../shared/text_lines.ts";
import type { WorkerEvents } from "./worker_events.ts";

export type BuildOutcome = { readonly ok: true } | { readonly ok: false; readonly lines: readonly string[] };

/** The Debian packages that the build needs and this machine doesn't have. */
export async function missingPackages(recipeFolder: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("sh", { args: [`${recipeFolder}/build.sh`, "--missing"] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
}

/** Builds the worker from the npm package's sources, which takes minutes. Answers the last lines when it fails. */
export async function buildWorker(
  options: { recipeFolder: string; packageFolder: string; output: string; signal: AbortSignal },
  events: WorkerEvents,
): Promise<BuildOutcome> {
  events.waitingFor("the compiler");
  const child = new Deno.Command("sh", {
    args: [`${options.recipeFolder}/build.sh`, options.packageFolder, options.output],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal: options.signal,
  }).spawn();
  const lines: string[] = [];
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of textLines(stream)) {
      lines.push(line);
      if (lines.length > 40) lines.shift();
      const [, done, total] = /^\[(\d+)\/(\d+)\]/.exec(line) ?? [];
      if (done !== undefined && Number(total) > 1) events.count(Number(done), Number(total));
    }
  };
  const [status] = await Promise.all([child.status, read(child.stdout), read(child.stderr)]);
  return status.success ? { ok: true } : { ok: false, lines };
}
