import { rtpParameters } from "../../../shared/protocol/rtp.ts";
import type { StepDone, StepOf } from "../../../shared/protocol/media/steps.ts";
import { addConsumer, dropConsumer, pairsOf } from "../router_media.ts";
import { forward, layerOf } from "../forward.ts";
import type { Subscribed } from "../transport_pair.ts";
import { wireForm } from "../wire_form.ts";
import { endReplaced } from "./end_replaced.ts";
import { attempt, notHere, refuse, type Refused, type StepHandlers, type StepSite } from "./step_site.ts";

type WantedForwarding = Pick<StepOf<"consumer.set">, "paused" | "spatial_layer" | "priority">;

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
  "consumer.close"(site, { participant_id, producer_id }) {
    const { media } = site;
    const participant = media.participants.get(participant_id);
    for (const { consumers } of participant === undefined ? [] : pairsOf(participant)) {
      const subscribed = consumers.get(producer_id);
      if (subscribed !== undefined) dropConsumer(media, subscribed);
    }
    endReplaced(site, participant_id);
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
  const forwarding = { paused, spatialLayer: spatial_layer ?? null, maxLayer: Infinity };
  pair.opening.consumers++;
  const made = await attempt(site, () =>
    pair.recv.consume({
      producerId: producer_id,
      rtpCapabilities: capabilities,
      paused,
      ...(spatial_layer === undefined ? {} : { preferredLayers: { spatialLayer: layerOf(forwarding) } }),
    }));
  pair.opening.consumers--;
  if ("ok" in made) return failed(site, producer_id, made);
  const subscribed: Subscribed = {
    consumer: made.value,
    published,
    pair,
    forwarding,
    priority: 1,
    reportedLayer: undefined,
    packetsSent: null,
    lastBitrate: null,
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
  { paused, spatial_layer, priority }: WantedForwarding,
): Promise<Refused | undefined> {
  const { consumer } = subscribed;
  const changed = {
    ...(spatial_layer === undefined ? {} : { spatialLayer: spatial_layer }),
    ...(paused === undefined ? {} : { paused }),
  };
  const done = await attempt(site, async () => {
    const prioritized = priority === undefined || priority === subscribed.priority
      ? undefined
      : consumer.setPriority(priority);
    await Promise.all([prioritized, forward(subscribed, changed)]);
    subscribed.priority = priority ?? subscribed.priority;
  });
  return "ok" in done ? done : undefined;
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
