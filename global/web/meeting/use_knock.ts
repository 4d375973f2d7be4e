import { useEffect, useRef } from "preact/hooks";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { knock } from "./knock.ts";

/** Knocks whenever somebody waits who didn't wait before. */
export function useKnock(waiting: readonly Participant[]): void {
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const ids = waiting.map(({ participant_id }) => participant_id);
    const isNew = ids.some((id) => !known.current.has(id));
    known.current = new Set(ids);
    if (isNew) knock();
  }, [waiting]);
}
