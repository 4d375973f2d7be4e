/** One measured figure. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: number;
  /** Whether a smaller value is a better one; says how `target` is met. */
  readonly lower_is_better?: boolean;
  readonly met?: boolean;
  /** What it was compared with in the same run. */
  readonly peer?: string;
  /** The value over the peer's value. */
  readonly ratio?: number;
}

/** The row with `met` worked out from its target, unless the benchmark has said it itself. */
export function judged(row: Row): Row {
  if (row.target === undefined || row.met !== undefined) return row;
  return { ...row, met: row.lower_is_better ? row.value <= row.target : row.value >= row.target };
}

/**
 * What a value would have to be for its ratio to a peer's to be `times`. The ratio is the median of the turns', in each
 * of which both had the same machine; it is the ratio that a target is about.
 */
export function targetAt(times: number, value: number, ratio: number): number {
  return times * value / ratio;
}
