import { rtpParameters } from "../../../shared/protocol/rtp.ts";
import type { StepDone, StepOf } from "../../../shared/protocol/media/steps.ts";
import { addConsumer, dropConsumer, pairsOf } from "../router_media.ts";
import type { Subscribed } from "../transport_pair.ts";
import { wireForm } from "../wire_form.ts";
import { endReplaced } from "./end_replaced.ts";
import { attempt, notHere, refuse, type Refused, type StepHandlers, type StepSite } from "./step_site.ts";

type Forwarding = Pick<StepOf<"consumer.set">, "paused" | "spatial_layer" | "priority">;

/** Steps that open, change and close consumers. */
export const consumerSteps: StepHandlers<"consumer.open" | "consumer.set" | "consumer.close"> = {
  "consumer.open": openConsumer,
  async "consumer.set"(site, step) {
    const { participant_id, producer_id } = step;
    const subscribed = site.media.participants.get(participant_id)?.current.consumers.get(producer_id);
    if (subscribed === undefined) return notHere("consumer");
    const refused = await setForwarding(site, subscribed, step);
    endReplaced(site, participant_id);
    return refused ?? { ok: true, step: "consumer.set" };
  },
  "consumer.close"({ media }, { participant_id, producer_id }) {
    const participant = media.participants.get(participant_id);
    for (const { consumers } of participant === undefined ? [] : pairsOf(participant)) {
      const subscribed = consumers.get(producer_id);
      if (subscribed !== undefined) dropConsumer(media, subscribed);
    }
    return { ok: true, step: "consumer.close" };
  },
};

async function openConsumer(
  site: StepSite,
  step: StepOf<"consumer.open">,
): Promise<StepDone<"consumer.open"> | Refused> {
  const { media, maxConsumers } = site;
  const { participant_id, producer_id, paused = true, spatial_layer, priority } = step;
  const participant = media.participants.get(participant_id);
  if (participant === undefined) return notHere("participant");
  const { current: pair, capabilities } = participant;
  const there = pair.consumers.get(producer_id);
  if (there !== undefined) return await setForwarding(site, there, step) ?? opened(there);
  const published = media.producers.get(producer_id);
  if (published === undefined) return notHere("producer");
  if (!pair.live.has(pair.recv)) return notHere("receiving transport");
  if (pair.consumers.size + pair.opening.consumers >= maxConsumers) {
    return failed(
      site,
      producer_id,
      refuse("rejected", `A participant has at most ${maxConsumers} consumers`),
    );
  }
  pair.opening.consumers++;
  const made = await attempt(site, () =>
    pair.recv.consume({
      producerId: producer_id,
      rtpCapabilities: capabilities,
      paused,
      ...(spatial_layer === undefined ? {} : { preferredLayers: layersUpTo(spatial_layer) }),
    }));
  pair.opening.consumers--;
  if ("ok" in made) return failed(site, producer_id, made);
  const subscribed: Subscribed = {
    consumer: made.value,
    published,
    pair,
    spatialLayer: spatial_layer ?? null,
    priority: 1,
    reportedLayer: undefined,
  };
  addConsumer(media, subscribed);
  site.watchLayers(participant_id, subscribed);
  // A refused priority refuses the step. The consumer stays, and the next `consumer.set` may mend its priority.
  const refused = priority === undefined ? undefined : await setForwarding(site, subscribed, { priority });
  return refused ?? opened(subscribed);
}

/** Applies the changes to a consumer's forwarding. Returns the refusal, or `undefined` on success. */
async function setForwarding(
  site: StepSite,
  subscribed: Subscribed,
  { paused, spatial_layer, priority }: Forwarding,
): Promise<Refused | undefined> {
  const { consumer } = subscribed;
  const changes: (() => Promise<void>)[] = [];
  if (spatial_layer !== undefined && spatial_layer !== subscribed.spatialLayer) {
    changes.push(async () => {
      await consumer.setPreferredLayers(layersUpTo(spatial_layer));
      subscribed.spatialLayer = spatial_layer;
    });
  }
  if (priority !== undefined && priority !== subscribed.priority) {
    changes.push(async () => {
      await consumer.setPriority(priority);
      subscribed.priority = priority;
    });
  }
  // The consumer resumes last, so that its first packets have the layer and priority of the step.
  if (paused !== undefined && paused !== consumer.paused) {
    changes.push(() => paused ? consumer.pause() : consumer.resume());
  }
  if (changes.length === 0) return undefined;
  const done = await attempt(site, () => Promise.all(changes.map((change) => change())));
  return "ok" in done ? done : undefined;
}

/** The worker reads the layer as one byte, and limits it to the layers of the stream. */
function layersUpTo(spatialLayer: number): { spatialLayer: number } {
  return { spatialLayer: Math.min(spatialLayer, 255) };
}

function failed(site: StepSite, producerId: string, refused: Refused): Refused {
  site.consumeFailed(producerId, refused.message);
  return refused;
}

function opened(
  { consumer: { id, kind, rtpParameters: parameters } }: Subscribed,
): StepDone<"consumer.open"> {
  return {
    ok: true,
    step: "consumer.open",
    consumer_id: id,
    kind,
    rtp_parameters: wireForm(rtpParameters, parameters),
  };
}
