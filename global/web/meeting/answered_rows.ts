import type { Participant } from "../../../shared/protocol/signaling.ts";

/** Whoever waits, or was answered a moment ago, in the order in which they came. */
export function rowsOf(
  before: readonly Participant[],
  waiting: readonly Participant[],
  answered: ReadonlySet<string>,
): Participant[] {
  const now = new Map(waiting.map((person) => [person.participant_id, person]));
  const kept = before.flatMap((person) => {
    const id = person.participant_id;
    const found = now.get(id) ?? (answered.has(id) ? person : undefined);
    now.delete(id);
    return found ? [found] : [];
  });
  return [...kept, ...now.values()];
}
