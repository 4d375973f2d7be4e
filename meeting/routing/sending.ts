import type { Actual, ActualParticipant } from "./actual.ts";
import type { MediaState } from "./media_state.ts";

/** The transports over which a client sends. */
export interface SendingTransports {
  readonly routerId: string;
  readonly epoch: number;
}

/**
 * The transports that a client was given last; undefined while there are none. A client that is being moved and was not told
 * yet sends over those that it has.
 */
export function sendingTransports(
  { actual, attending }: MediaState,
  participantId: string,
): SendingTransports | undefined {
  const one = attending.get(participantId);
  const routerId = actual.participants.get(participantId)?.routerId;
  if (one === undefined || routerId === undefined) return undefined;
  if (!one.isAttached && one.left === null && !one.subscriber.keeps) return undefined;
  return { routerId, epoch: one.left?.epoch ?? one.subscriber.epoch };
}

/** Whether a client may still send over these transports: they are its own, or it has just been moved away from them. */
export function isSendingOver(
  state: MediaState,
  participantId: string,
  { routerId, epoch }: SendingTransports,
): boolean {
  const isLeft = state.actual.remnants.get(participantId)?.some((one) => one.routerId === routerId) ?? false;
  return isLeft || sendingTransports(state, participantId)?.epoch === epoch;
}

/** What a participant has on a router, over the newest transports or over older ones. */
export function mediaOn(
  { participants, remnants }: Pick<Actual, "participants" | "remnants">,
  participantId: string,
  routerId: string,
): Pick<ActualParticipant, "producers"> | undefined {
  const newest = participants.get(participantId);
  if (newest?.routerId === routerId) return newest;
  return remnants.get(participantId)?.find((one) => one.routerId === routerId);
}
