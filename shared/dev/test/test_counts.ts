export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Of those that passed: at their second try only. */
  readonly flaky: number;
}

export const noTests: TestCounts = { passed: 0, failed: 0, flaky: 0 };

// deno-lint-ignore no-control-regex -- colours
const COLOUR = /\x1b\[[0-9;]*m/g;

/** Reads the counts from the last line of `deno test`'s report; nothing when the text has none. */
export function testCounts(line: string): TestCounts | undefined {
  const plain = line.replaceAll(COLOUR, "");
  const [, passed, failed] = /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(plain) ??
    [];
  if (passed === undefined) return undefined;
  const [, flaky = 0] = / \| (\d+) flaky/.exec(plain) ?? [];
  return { passed: Number(passed), failed: Number(failed), flaky: Number(flaky) };
}
