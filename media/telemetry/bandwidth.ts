/** The most that a participant may send, in bits per second. */
export interface BandwidthLimits {
  readonly bitrate: number;
  readonly bitrateWithScreen: number;
}

/** A participant who sends more than their share. */
export interface Excess {
  readonly participant_id: string;
  readonly bitrate_bps: number;
  readonly allowed_bps: number;
  /** Whether what they send is closed now. The first time they are only told. */
  readonly closed: boolean;
}

export interface Sending {
  readonly participantId: string;
  readonly sharesScreen: boolean;
  readonly bitrate: number;
}

/** Retransmissions and the probing of a path's width go on top of what a sender was told. */
const tolerance = 1.1;
/** In the first of so many rounds in a row they are told, in the last it is closed. */
const roundsUntilClosed = 3;

/**
 * Judges a round. `rounds` is in how many rounds in a row the participant has sent too much; the answer has the new
 * number. What a browser is told by congestion control is advice, so a limit needs an end.
 */
export function judgeSending(
  { participantId, sharesScreen, bitrate }: Sending,
  limits: BandwidthLimits,
  rounds: number,
): { readonly rounds: number; readonly excess: Excess | undefined } {
  const allowed = sharesScreen ? limits.bitrateWithScreen : limits.bitrate;
  if (bitrate <= allowed * tolerance) return { rounds: 0, excess: undefined };
  const closed = rounds + 1 >= roundsUntilClosed;
  const excess = {
    participant_id: participantId,
    bitrate_bps: Math.round(bitrate),
    allowed_bps: allowed,
    closed,
  };
  return { rounds: closed ? 0 : rounds + 1, excess: rounds === 0 || closed ? excess : undefined };
}
