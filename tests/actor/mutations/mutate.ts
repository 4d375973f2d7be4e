import { mutations } from "./mutations.ts";
import { type Notice, notice } from "./notice.ts";

/** How many copies are tested at the same time. */
const atOnce = 2;

export interface MutationRun {
  readonly lines: readonly string[];
  /** Rules and mutations that no test notices. */
  readonly unnoticed: readonly string[];
}

/** Breaks each rule in turn, in a copy, and counts the tests that notice. `only` names rules. */
export async function mutate(
  only: readonly string[] = [],
  report: (line: string) => void = () => {},
): Promise<MutationRun> {
  const fromMs = performance.now();
  const sound = await notice(null, 120_000);
  const limitMs = Math.max(15_000, 3 * (performance.now() - fromMs));
  if (sound.cut || sound.failed > 0) throw new Error(`The sound copy fails ${sound.failed} of its tests`);
  const chosen = mutations.filter(({ rule }) => only.length === 0 || only.includes(rule));
  const notices = new Map<number, Notice>();
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < chosen.length; i = next++) {
      const mutation = chosen[i];
      if (mutation === undefined) return;
      const seen = await notice(mutation, limitMs);
      notices.set(i, seen);
      report(lineOf(mutation.rule, mutation.what, seen));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const unnoticed = chosen.filter((_, i) => !isNoticed(notices.get(i))).map(({ rule, what }) =>
    `${rule}: ${what}`
  );
  const lines = chosen.map(({ rule, what }, i) => lineOf(rule, what, notices.get(i)));
  return { lines, unnoticed };
}

function isNoticed(seen: Notice | undefined): boolean {
  return seen !== undefined && (seen.failed > 0 || seen.cut);
}

function lineOf(rule: string, what: string, seen: Notice | undefined): string {
  const failed = seen === undefined ? "?" : `${seen.failed}${seen.cut ? " and it hung" : ""}`;
  return `${rule.padEnd(4)} ${what.padEnd(72)} ${failed}`;
}
