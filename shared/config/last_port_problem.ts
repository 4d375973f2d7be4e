const LAST_PORT = 65_535;

/** A setting as somebody has given it. */
interface Given {
  readonly name: string;
  readonly value: number;
}

/** Why there aren't so many ports in a row, in one line; nothing if there are. */
export function lastPortProblem(first: Given, count: Given): string | undefined {
  const last = first.value + count.value - 1;
  if (last <= LAST_PORT) return undefined;
  return `${first.name} is "${first.value}" and ${count.name} is "${count.value}"; ` +
    `the last port would be ${last}, over ${LAST_PORT}`;
}
