import { textLines } from "../../text_lines.ts";
import { formatDuration } from "../format_duration.ts";
import type { Stage, StageResult } from "./stage.ts";
import { type Failed, failureIn, noTests, testCounts } from "./test_counts.ts";

/** No test of ours takes this long; one that hangs would hold a whole run. */
const STUCK_MS = 10 * 60_000;
/** What Deno says again and again of a test that doesn't end. */
const STILL_RUNNING = /has been running for over/;

export interface StageOptions {
  readonly root: string;
  readonly env: Record<string, string>;
  readonly signal: AbortSignal;
  /** A stage of which nothing is heard for so long is ended, and has failed. Without it: ten minutes. */
  readonly stuckMs?: number;
  write(text: string): void;
}

/** Runs a stage in the checkout, its output shown as it comes. Tests that end without a report count as one failure. */
export async function runStage(stage: Stage, options: StageOptions): Promise<StageResult> {
  const { stuckMs = STUCK_MS } = options;
  const stuck = new AbortController();
  const end = () => {
    options.write(
      `${stage.name}: nothing was heard of a test for ${formatDuration(stuckMs)}, so it is ended\n`,
    );
    stuck.abort();
  };
  let silence = setTimeout(end, stuckMs);
  const child = new Deno.Command(Deno.execPath(), {
    args: [...stage.args],
    cwd: options.root,
    env: { ...options.env, ...stage.env },
    signal: AbortSignal.any([options.signal, stuck.signal]),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let counts = noTests;
  const failed: Failed[] = [];
  const show = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of textLines(stream)) {
      counts = testCounts(line) ?? counts;
      const found = failureIn(line);
      if (found !== undefined) failed.push(found);
      options.write(`${line}\n`);
      if (STILL_RUNNING.test(line)) continue;
      clearTimeout(silence);
      silence = setTimeout(end, stuckMs);
    }
  };
  const [status] = await Promise.all([child.status, show(child.stdout), show(child.stderr)]);
  clearTimeout(silence);
  if (!stage.tests) return { success: status.success, counts: noTests, failed: [] };
  // A file that doesn't load fails the stage without being counted as a test.
  const uncounted = !status.success && counts.failed === 0 ? 1 : 0;
  return {
    success: status.success,
    counts: { ...counts, failed: counts.failed + uncounted },
    failed,
  };
}
