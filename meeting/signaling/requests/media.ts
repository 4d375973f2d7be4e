import { answer, done } from "../refusal.ts";
import type { Requester, RequestHandlers } from "./request_handler.ts";

const refusals = {
  not_found: "NOT_FOUND",
  rejected: "INVALID_REQUEST",
  unavailable: "HANDLER_UNAVAILABLE",
} as const;
const notFound = { not_found: "NOT_FOUND" } as const;
const ofRights = { forbidden: "FORBIDDEN", too_often: "RATE_LIMITED" } as const;

const setPaused = (paused: boolean) =>
async (
  { producer_id: producerId }: { producer_id: string },
  { routing, participantId, sub, ask }: Requester,
) =>
  done(await ask(routing, "setPaused", { participantId, sub, producerId, paused }), {
    ...notFound,
    ...ofRights,
  });

/** The requests about a participant's own media and layout. */
export const mediaRequests: RequestHandlers<
  | "layout.set"
  | "media.connect"
  | "media.produce"
  | "media.pause"
  | "media.resume"
  | "media.close"
  | "media.ready"
  | "media.restart_ice"
  | "media.report"
> = {
  "layout.set": async (layout, { routing, participantId, ask }) => {
    const set = answer(await ask(routing, "setLayout", { participantId, layout }), notFound);
    return set.ok ? { ok: true, data: { assignments: set.data } } : set;
  },
  "media.connect": async ({ transport_id: transportId, dtls_parameters: dtlsParameters }, requester) => {
    const { routing, participantId, ask } = requester;
    return done(await ask(routing, "connect", { participantId, transportId, dtlsParameters }), refusals);
  },
  "media.produce": async (data, { routing, participantId, sub, ask }) => {
    const { transport_id: transportId, kind, source, rtp_parameters: rtpParameters, paused = false } = data;
    const order = { participantId, sub, transportId, kind, source, rtpParameters, paused };
    return answer(await ask(routing, "produce", order), { ...refusals, ...ofRights });
  },
  "media.pause": setPaused(true),
  "media.resume": setPaused(false),
  "media.close": async ({ producer_id: producerId }, { routing, participantId, ask }) =>
    done(await ask(routing, "closeProducer", { participantId, producerId }), notFound),
  "media.ready": async ({ consumer_ids: consumerIds }, { routing, participantId, ask }) =>
    done(await ask(routing, "ready", { participantId, consumerIds }), {}),
  "media.report": async ({ received }, { routing, participantId, ask }) =>
    answer(await ask(routing, "noteReceived", { participantId, received }), {}),
  "media.restart_ice": async ({ transport_id: transportId }, { routing, participantId, ask }) =>
    answer(await ask(routing, "restartIce", { participantId, transportId }), refusals),
};
