import { fail, type Failure, type MessageContext } from "../../shared/actor/mod.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { LiveObjects } from "../telemetry/live_objects.ts";
import type { Meeting, PlacedRouter } from "./meeting_list.ts";
import type { ControlRefusal } from "./routing_messages.ts";
import { settleEvent } from "./settle_event.ts";
import type { BatchPart } from "./split_batch.ts";
import { notHere, refuse, routerGone } from "./steps/step_site.ts";

/** Has a router take its part of a batch. `room` is how many transports it may open for newcomers. */
export async function takePart(
  { routers }: Meeting,
  { routerId, steps, indexes }: BatchPart,
  room: number,
  message: MessageContext,
): Promise<{ readonly indexes: readonly number[]; readonly outcomes: readonly StepOutcome[] }> {
  const router = routers.get(routerId);
  if (router === undefined) return { indexes, outcomes: steps.map(() => notHere("router")) };
  const timeoutMs = message.remainingMs;
  const outcome = await message.ask(router.ref, "apply", { steps, room, isFull: router.worker.isFull }, {
    timeoutMs,
  });
  if (outcome.ok) return { indexes, outcomes: outcome.value };
  const { code, message: text } = outcome.error;
  const refused = code === "stopped" ? routerGone() : refuse("unavailable", text);
  return { indexes, outcomes: steps.map(() => refused) };
}

/**
 * The routers of a meeting and what is in them. A router that is gone is left out. A router that doesn't answer may
 * still be there, so there is no inventory then.
 */
export async function gatherInventory(
  { routers, batch }: Meeting,
  message: MessageContext,
): Promise<MediaInventory | Failure<ControlRefusal>> {
  const asked = [...routers.values()].map(({ ref }) => message.ask(ref, "inventory", undefined));
  const there: MediaInventory["routers"] = [];
  for (const outcome of await Promise.all(asked)) {
    if (outcome.ok) there.push(outcome.value);
    else if (!isGone(outcome.error.code)) return fail("unavailable", outcome.error.message);
  }
  return { batch, routers: there };
}

/** The live mediasoup objects of these routers. A router that is gone is left out; one that doesn't answer is a failure. */
export async function gatherLiveObjects(
  routers: readonly PlacedRouter[],
  message: MessageContext,
): Promise<readonly LiveObjects[] | Failure<"unavailable">> {
  const asked = routers.map(({ ref }) => message.ask(ref, "liveObjects", undefined));
  const live: LiveObjects[] = [];
  for (const outcome of await Promise.all(asked)) {
    if (outcome.ok) live.push(outcome.value);
    else if (!isGone(outcome.error.code)) return fail("unavailable", outcome.error.message);
  }
  return live;
}

/** Whether an answer's code says that there is no router behind its actor any more. */
function isGone(code: string): boolean {
  return ["unavailable", "stopped", "crashed"].includes(code);
}

/** Has a meeting's routers report what the controller that has just opened it may not know. */
export function tellOpened({ routers }: Meeting): void {
  for (const { ref } of routers.values()) void settleEvent("opened", ref.offer("opened", undefined));
}
