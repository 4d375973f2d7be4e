import { MediaMeeting } from "../../../../meeting/routing/neighbours.ts";
import type { ParticipantSource } from "../../../../shared/protocol/mod.ts";
import type { RoutingWorld } from "./routing_world.ts";

/** What the meeting was told last that a participant sends; empty if it was told nothing. */
export function toldSources({ meeting }: RoutingWorld, participantId: string): readonly ParticipantSource[] {
  const told = meeting.received.filter(({ name }) => name === "sources")
    .map(({ body }) => MediaMeeting.sources.input.parse(body));
  return told.findLast((one) => one.participantId === participantId)?.sources ?? [];
}
