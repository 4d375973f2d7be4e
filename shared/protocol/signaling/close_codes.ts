/** Why a server closed a signaling WebSocket (RFC 6455 §7.4.2: 4000 to 4999 are the application's). */
export const closeCodes = {
  malformed: 4400,
  tokenRefused: 4401,
  /** Removed by a host, or denied in the waiting room. */
  removed: 4403,
  noSuchMeeting: 4404,
  noJoinInTime: 4408,
  /** The same participant has a newer connection. */
  replaced: 4409,
  meetingEnded: 4410,
  frameTooLarge: 4413,
  tooManyMessages: 4429,
  /** The meeting is not here any more: ask for a ticket again. */
  movedAway: 4503,
} as const;

export type CloseReason = keyof typeof closeCodes;
export type CloseCode = (typeof closeCodes)[CloseReason];

function isCloseReason(name: string): name is CloseReason {
  return Object.hasOwn(closeCodes, name);
}

/** The name of a close code, undefined for one that is not of this protocol (1006, say). */
export function closeReason(code: number): CloseReason | undefined {
  return Object.keys(closeCodes).filter(isCloseReason).find((name) => closeCodes[name] === code);
}
