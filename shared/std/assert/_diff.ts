const maximumCells = 4_000_000;
const paint = (code: string) => (text: string) => Deno.noColor ? text : `\x1b[${code}m${text}\x1b[0m`;
const red = paint("31;1");
const green = paint("32;1");
const grey = paint("90;1");

/** For each pair of suffixes of the two lists the length of their longest common subsequence, row by row. */
function commonLengths(
  a: readonly string[],
  b: readonly string[],
): Uint32Array {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const skip = Math.max(
        table[(i + 1) * width + j] ?? 0,
        table[i * width + j + 1] ?? 0,
      );
      table[i * width + j] = a[i] === b[j] ? 1 + (table[(i + 1) * width + j + 1] ?? 0) : skip;
    }
  }
  return table;
}

function diffMiddle(a: readonly string[], b: readonly string[]): string[] {
  const removed = (line: string) => red(`-   ${line}`);
  const added = (line: string) => green(`+   ${line}`);
  // The table grows with the product of both lengths: past the bound a plain "all of it changed" is the honest answer.
  if (a.length * b.length > maximumCells) {
    return [...a.map(removed), ...b.map(added)];
  }
  const table = commonLengths(a, b);
  const width = b.length + 1;
  const out: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left !== undefined && left === right) {
      out.push(`    ${left}`);
      i++;
      j++;
    } else if (
      left !== undefined &&
      (right === undefined ||
        (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))
    ) {
      out.push(removed(left));
      i++;
    } else if (right !== undefined) {
      out.push(added(right));
      j++;
    }
  }
  return out;
}

/** The lines of `actual` (`-`) and `expected` (`+`) beside what they share, by their longest common subsequence. */
export function diff(actual: string, expected: string): string {
  const a = actual.split("\n");
  const b = expected.split("\n");
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head && tail < b.length - head &&
    a.at(-1 - tail) === b.at(-1 - tail)
  ) tail++;
  const same = (lines: string[]) => lines.map((line) => `    ${line}`);
  return [
    `    ${grey("[Diff]")} ${red("Actual")} / ${green("Expected")}`,
    "",
    "",
    ...same(a.slice(0, head)),
    ...diffMiddle(
      a.slice(head, a.length - tail),
      b.slice(head, b.length - tail),
    ),
    ...same(a.slice(a.length - tail)),
    "",
  ].join("\n");
}
