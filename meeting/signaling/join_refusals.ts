/** The error code that the client reads for each refusal of a join. After `removed` the connection is closed, too. */
export const joinRefusals = {
  full: "MEETING_FULL",
  locked: "MEETING_LOCKED",
  waiting_room_full: "WAITING_ROOM_FULL",
  too_often: "RATE_LIMITED",
  no_guests: "FORBIDDEN",
  // To other organisations a meeting that isn't open to them is none.
  no_externals: "NOT_FOUND",
  removed: "FORBIDDEN",
  unavailable: "HANDLER_UNAVAILABLE",
  moved: "OVERLOADED",
  over: "NOT_FOUND",
} as const;
