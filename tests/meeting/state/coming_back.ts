import type { JoinAnswer, JoinRequest } from "../../../shared/protocol/mod.ts";
import { rtpParameters } from "../routing/support/samples.ts";
import { type MeetingWorld, withMedia } from "./meeting_world.ts";

/** What the client of a join's answer comes back with. */
export const resumeOf = (
  { correlation_id, binding_token }: { correlation_id: string; binding_token: string },
  more: Partial<NonNullable<JoinRequest["resume"]>> = {},
) => ({ ...withMedia, resume: { correlation_id, binding_token, ...more } });

/** Has the client of a join's answer connect its sending transport. */
export async function connect(
  world: MeetingWorld,
  { participant_id, transports }: JoinAnswer,
): Promise<void> {
  if (transports === undefined) throw new Error("there are no transports");
  const { id: transportId, dtlsParameters } = transports.send;
  const order = { participantId: participant_id, transportId, dtlsParameters };
  await world.kit.finish(world.routing().ask("connect", order));
}

/** Has the client of ada's answer send a microphone. */
export async function produce(
  world: MeetingWorld,
  { participant_id, transports }: JoinAnswer,
): Promise<void> {
  await world.kit.finish(
    world.routing().ask("produce", {
      participantId: participant_id,
      sub: "ada",
      transportId: transports?.send.id ?? "",
      kind: "audio",
      source: "microphone",
      rtpParameters,
      paused: false,
    }),
  );
}
