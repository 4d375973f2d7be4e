import { textLines } from "../../text_lines.ts";
import type { Stage, StageResult } from "./stage.ts";
import { type TestCounts, testCounts } from "./test_counts.ts";

/** Runs a stage in the checkout, its output shown as it comes. Tests that end without a report count as one failure. */
export async function runStage(
  stage: Stage,
  options: { root: string; env: Record<string, string>; signal: AbortSignal; write(text: string): void },
): Promise<StageResult> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...stage.args],
    cwd: options.root,
    env: { ...options.env, ...stage.env },
    signal: options.signal,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let counts: TestCounts | undefined;
  const show = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of textLines(stream)) {
      counts = testCounts(line) ?? counts;
      options.write(`${line}\n`);
    }
  };
  const [status] = await Promise.all([child.status, show(child.stdout), show(child.stderr)]);
  if (!stage.tests) return { success: status.success, counts: { passed: 0, failed: 0 } };
  const { passed, failed } = counts ?? { passed: 0, failed: 0 };
  // A file that doesn't load fails the stage without being counted as a test.
  const uncounted = !status.success && failed === 0 ? 1 : 0;
  return { success: status.success, counts: { passed, failed: failed + uncounted } };
}
