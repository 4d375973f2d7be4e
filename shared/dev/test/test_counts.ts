export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
}

export const noTests: TestCounts = { passed: 0, failed: 0 };

// deno-lint-ignore no-control-regex -- colours
const COLOUR = /\x1b\[[0-9;]*m/g;

/** Reads the counts from the last line of `deno test`'s report; nothing when the text has none. */
export function testCounts(line: string): TestCounts | undefined {
  const [, passed, failed] =
    /^(?:ok|FAILED) \| (\d+) passed(?: \([^)]*\))? \| (\d+) failed/.exec(line.replaceAll(COLOUR, "")) ?? [];
  return passed === undefined ? undefined : { passed: Number(passed), failed: Number(failed) };
}

/**
 * The file of a test that failed, or that failed outside of its tests, from a line of the report's list of failures; nothing
 * when the line isn't one.
 */
export function failedFile(line: string): string | undefined {
  const plain = line.replaceAll(COLOUR, "");
  return (/ => (\.\/.+\.tsx?):\d+:\d+$/.exec(plain) ?? /^(\.\/.+\.tsx?) \(uncaught error\)$/.exec(plain))
    ?.[1];
}
