import type { Failed, TestCounts } from "./test_counts.ts";

/** One thing that the test command looks at. */
export interface Stage {
  readonly name: string;
  /** Arguments of the `deno` program. */
  readonly args: readonly string[];
  /** Variables of this stage alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether its output ends with counts of tests. */
  readonly tests: boolean;
}

export interface StageResult {
  readonly success: boolean;
  readonly counts: TestCounts;
  /** The tests that failed, and the files that failed outside of their tests, as Deno names them. A test may be there twice. */
  readonly failed: readonly Failed[];
}
