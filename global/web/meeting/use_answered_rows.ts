import { useEffect, useRef, useState } from "preact/hooks";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { rowsOf } from "./answered_rows.ts";

/** Longer than there is between the clicks of a double click. */
const KEPT_MS = 600;

/**
 * The rows of those who wait. A row that was answered keeps its place for a moment: the next one must not move under a
 * pointer that still clicks.
 */
export function useAnsweredRows(waiting: readonly Participant[]) {
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  const before = useRef<readonly Participant[]>([]);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const rows = rowsOf(before.current, waiting, answered);
  before.current = rows;
  useEffect(() => () => timers.current.forEach((timer) => clearTimeout(timer)), []);

  function forget(ids: readonly string[]): void {
    setAnswered((known) => new Set([...known].filter((id) => !ids.includes(id))));
  }

  return {
    rows,
    answered,
    /** Shows them as answered until the server has decided, and a moment longer where it did what was asked. */
    async answer(ids: readonly string[], request: Promise<{ ok: boolean }>): Promise<void> {
      setAnswered((known) => new Set([...known, ...ids]));
      if ((await request).ok) timers.current.add(setTimeout(() => forget(ids), KEPT_MS));
      else forget(ids);
    },
  };
}
