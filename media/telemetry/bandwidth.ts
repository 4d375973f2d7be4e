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
  /** Of all that comes in over their transports, in bits per second. */
  readonly bitrate: number;
  /** Of sound alone. */
  readonly soundBitrate: number;
}

/**
 * Of a microphone and a screen's sound, in bits per second; Opus takes 510,000 at most (RFC 6716), and browsers a tenth of
 * it. Everybody is sent sound, and no congestion holds it back.
 */
const SOUND_BITRATE = 600_000;
/** Retransmissions and the probing of a path's width go on top of what a sender was told. */
const TOLERANCE = 1.1;
/** In the first of so many rounds they are told, in the last it is closed. */
const ROUNDS_UNTIL_CLOSED = 3;
/** How many rounds without an excess make up for one with it. */
const ROUNDS_TO_FORGET = 4;

/**
 * Judges a round. `rounds` is the participant's number of rounds with an excess that they haven't made up for; the answer
 * has the new one. What a browser is told by congestion control is advice, so a limit needs an end.
 */
export function judgeSending(
  { participantId, sharesScreen, bitrate, soundBitrate }: Sending,
  limits: BandwidthLimits,
  rounds: number,
): { readonly rounds: number; readonly excess: Excess | undefined } {
  const allowed = sharesScreen ? limits.bitrateWithScreen : limits.bitrate;
  const [sent, share] = bitrate > allowed * TOLERANCE
    ? [bitrate, allowed]
    : [soundBitrate, Math.min(SOUND_BITRATE, allowed)];
  if (sent <= share * TOLERANCE) {
    return { rounds: Math.max(0, rounds - 1 / ROUNDS_TO_FORGET), excess: undefined };
  }
  const now = Math.min(rounds + 1, ROUNDS_UNTIL_CLOSED);
  const closed = now === ROUNDS_UNTIL_CLOSED;
  const excess = {
    participant_id: participantId,
    bitrate_bps: Math.round(sent),
    allowed_bps: share,
    closed,
  };
  return { rounds: now, excess: rounds < 1 || closed ? excess : undefined };
}
