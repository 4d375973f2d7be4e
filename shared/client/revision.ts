/** What a numbered notification is to a client that knows the meeting up to a revision. */
export type RevisionStep =
  /** It comes next. */
  | "next"
  /** The client's state has it already. */
  | "known"
  /** Something between was missed, or the numbers went back. */
  | "broken";

/** Revisions rise by one. A notification without one, or a client that isn't in yet, has nothing to compare. */
export function revisionStep(current: number | undefined, rev: number | undefined): RevisionStep {
  if (current === undefined || rev === undefined || rev === current + 1) return "next";
  return rev === current ? "known" : "broken";
}
