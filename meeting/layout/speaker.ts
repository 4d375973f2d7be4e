import type { Gathering } from "./gathering.ts";
import { mayShow, pinsFor, type Plan, screensFor, speakerFor, type Subscription } from "./subscription.ts";
import { cameraOf, producerOf, type Tile } from "./tile.ts";

/** The first slot is the stage: a shared screen, else the first pin, else the last speaker. The others stay. */
export function planSpeaker(subscription: Subscription, gathering: Gathering): Plan {
  const screens = screensFor(subscription, gathering);
  const pins = pinsFor(subscription, gathering);
  const speaker = speakerFor(subscription, gathering);
  const [stage = firstShown(subscription, gathering), ...kept] = [
    ...screens,
    ...pins,
    ...speaker === undefined ? [] : [speaker],
  ];
  return { leading: stage === undefined ? [] : [stage], kept };
}

/** Before anybody spoke, the stage stays with the tile that has it, or goes to the next one. */
function firstShown(subscription: Subscription, gathering: Gathering): Tile | undefined {
  const shown = subscription.slots.find((tile) =>
    tile.source === "camera" && producerOf(gathering, tile) !== undefined &&
    mayShow(subscription, tile.participantId)
  );
  return shown === undefined ? undefined : cameraOf(shown.participantId);
}
