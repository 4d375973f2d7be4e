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

/** A test that failed, and the file that registered it; without a name a file that failed outside of its tests. */
export interface Failed {
  readonly file: string;
  /** Without its steps. */
  readonly test?: string;
}

/** The failure in a line of the report's list of failures; nothing when the line isn't one. */
export function failureIn(line: string): Failed | undefined {
  const plain = line.replaceAll(COLOUR, "");
  const [, test, file] = /^(.+) => (\.\/.+\.tsx?):\d+:\d+$/.exec(plain) ?? [];
  if (file !== undefined) return { file, test: test?.split(" ... ")[0] ?? "" };
  const [, outside] = /^(\.\/.+\.tsx?) \(uncaught error\)$/.exec(plain) ?? [];
  return outside === undefined ? undefined : { file: outside };
}
