/** Settings of an `up` for a load from one address: its limits are not in the way. */
export const roomyLimits: Readonly<Record<string, string>> = Object.fromEntries(
  [
    "DT_LIMIT_ADDRESS_PER_SECOND",
    "DT_LIMIT_ADDRESS_BURST",
    "DT_LIMIT_USER_PER_SECOND",
    "DT_LIMIT_USER_BURST",
    "DT_LIMIT_GUESTS_PER_MINUTE",
    "DT_LIMIT_PARTICIPANTS",
    "DT_LIMIT_MEETINGS",
    "DT_LIMIT_UNAUTHENTICATED",
    "DT_LIMIT_UNJOINED",
    "DT_LIMIT_HANDSHAKES_PER_SECOND",
    "DT_LIMIT_HANDSHAKE_BURST",
    "DT_LIMIT_SOCKETS",
  ].map((name) => [name, "50000"]),
);
