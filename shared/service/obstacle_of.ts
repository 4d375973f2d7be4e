import type { ActorRef } from "../actor/mod.ts";
import type { Registration } from "./registration.ts";

/** Longer than a healthy registration takes to answer. */
const OBSTACLE_TIMEOUT_MS = 1_000;

/** Why the Global Controller sends nobody to this process at the moment; `undefined` when it does. */
export async function obstacleOf(registration: ActorRef<typeof Registration>): Promise<string | undefined> {
  const obstacle = await registration.ask("obstacle", undefined, { timeoutMs: OBSTACLE_TIMEOUT_MS });
  if (!obstacle.ok) return `the registration does not answer: ${obstacle.error.code}`;
  return obstacle.value ?? undefined;
}
