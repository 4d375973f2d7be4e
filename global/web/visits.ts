/** The visits to one meeting, one after another. */
export interface Visits {
  /** Rises with each visit. */
  readonly number: number;
  /** Whether the visit of now is a guest's, or a member's. */
  readonly isGuest: boolean;
  /** The screen for signing in is shown instead of the visit. */
  readonly isSigningIn: boolean;
  /** What they called themselves. */
  readonly name: string;
  /** Why the server refused the name at the visit before, in words. */
  readonly nameProblem: string | undefined;
}

/** Begins another visit. The name belongs to the guest, or to the member. */
export function startAs(before: Visits, isGuest: boolean, nameProblem?: string): Visits {
  const name = isGuest === before.isGuest ? before.name : "";
  return { number: before.number + 1, isGuest, isSigningIn: false, name, nameProblem };
}

/** Goes on as a member. Whoever has left the screen for signing in before the answer came stays in the visit of now. */
export function goOnSignedIn(before: Visits): Visits {
  return before.isSigningIn ? startAs(before, false) : before;
}

/** Leaves the screen for signing in. A member whose session is over goes on as a guest. */
export function goBack(before: Visits, isSignedIn: boolean): Visits {
  return before.isGuest || isSignedIn ? { ...before, isSigningIn: false } : startAs(before, true);
}
