import type { MediaSource, NotificationData } from "../../../shared/protocol/mod.ts";
import { type Entered, MeetingWorld, withMedia, type WorldOptions } from "./meeting_world.ts";

/** A world with a host, ann, and a participant, bob, who sends sound and picture. */
export async function meetingOfTwo(options: WorldOptions = {}) {
  const world = new MeetingWorld(options);
  world.claims.set("ann", { role: "host" });
  const ann = await world.enter("ann", withMedia);
  const bob = await world.enter("bob", withMedia);
  const microphone = await world.produce(bob, "microphone");
  const camera = await world.produce(bob, "camera");
  await world.kit.settle();
  return { world, ann, bob, microphone, camera };
}

/** Whether the handler has a participant's source paused; undefined where it has none. */
export const isPausedAtHandler = (world: MeetingWorld, one: Entered, source: MediaSource) =>
  [...world.handler.participants.get(one.id)?.producers.values() ?? []]
    .find((producer) => producer.source === source)?.paused;

export function transportOf({ id: participantId, name: sub, answer }: Entered) {
  return { participantId, sub, transportId: answer.transports?.send.id ?? "" };
}

export function resumeOf({ answer: { correlation_id, binding_token } }: Entered) {
  return { correlation_id, binding_token };
}

/** A participant as the answer to their own join shows them. */
export function own({ id, answer }: Entered): NotificationData<"participant.joined">["participant"] {
  const self = answer.participants.find(({ participant_id }) => participant_id === id);
  if (self === undefined) throw new Error("Nobody is in their own answer");
  return self;
}
