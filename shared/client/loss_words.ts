/** Why a connection has to be made anew: the server or the network ended it, or the client itself did. */
export type LossReason =
  | "lost"
  | "silent"
  | "unreachable"
  | "noJoinInTime"
  | "tooManyMessages"
  | "tokenRefused"
  | "noSuchMeeting"
  | "movedAway"
  /** The server said in advance where the meeting goes. */
  | "migrating"
  /** A notification was missed. */
  | "outOfStep"
  /** Sound and picture could not be repaired. */
  | "mediaBroken"
  /** A join was refused for a reason that may pass. */
  | "notNow";

const during: Record<LossReason, string> = {
  lost: "The connection was lost.",
  silent: "The meeting's server doesn't answer.",
  unreachable: "The meeting's server can't be reached.",
  noJoinInTime: "Your connection was too slow to join.",
  tooManyMessages: "Your browser sent too many messages at once.",
  tokenRefused: "The meeting's server asks again who you are.",
  noSuchMeeting: "The meeting isn't where it was.",
  movedAway: "The meeting moves to another server.",
  migrating: "The meeting moves to another server.",
  outOfStep: "Something of the meeting was missed.",
  mediaBroken: "Sound and picture have to be set up anew.",
  notNow: "The meeting's server has no room for you at this moment.",
};

/** Said while a connection is being restored. */
export function lossWords(why: LossReason): string {
  return `${during[why]} You are being brought back…`;
}

/** Said after a try to join that has failed, while there are more. */
export function joinTriesWords(why: LossReason): string {
  return `${during[why]} It is tried again…`;
}

const NOT_TAKEN =
  "The meeting's server was stopped, and no other one has taken the meeting. Try again in a few minutes.";

/** Said once a connection could not be restored; undefined where there is nothing to add to its loss. */
export function lossForGood(why: LossReason): string | undefined {
  switch (why) {
    case "movedAway":
    case "migrating":
    case "noSuchMeeting":
      return NOT_TAKEN;
    case "unreachable":
      return "The meeting's server can't be reached. Check your connection, or try another network.";
    case "notNow":
      return "The meeting's server has no room for you at this moment. Try again in a few minutes.";
    default:
      return undefined;
  }
}
