/** A guest's `sub` begins so; no user's does. */
const GUEST_PREFIX = "guest-";

/** The `sub` of a new guest. */
export function newGuestSub(): string {
  return `${GUEST_PREFIX}${crypto.randomUUID()}`;
}
