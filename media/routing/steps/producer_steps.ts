import type { StepDone, StepOf } from "../../../shared/protocol/media/steps.ts";
import { mediaKindOf } from "../../../shared/protocol/signaling.ts";
import { paceSender } from "../pace_sender.ts";
import { addProducer, dropProducer } from "../router_media.ts";
import type { Published } from "../transport_pair.ts";
import { withoutCaptureTime } from "../without_capture_time.ts";
import { attempt, notHere, refuse, type Refused, type StepHandlers, type StepSite } from "./step_site.ts";
import { endReplaced } from "./end_replaced.ts";
import { reportEnded } from "./report_ended.ts";

/**
 * The shortest time between two requests for a key frame of one producer, in milliseconds. Chromium ignores one that comes
 * less than 300 ms after the one before, and the worker repeats it only after a second.
 */
const keyFrameRequestDelay = 400;

/** Steps that open, pause and close producers. */
export const producerSteps: StepHandlers<"producer.open" | "producer.pause" | "producer.close"> = {
  "producer.open": openProducer,
  async "producer.pause"(site, { producer_id, paused }) {
    const published = site.media.producers.get(producer_id);
    if (published === undefined) return notHere("producer");
    return await setPaused(site, published, paused) ?? { ok: true, step: "producer.pause" };
  },
  "producer.close"({ media }, { producer_id }) {
    const published = media.producers.get(producer_id);
    if (published === undefined) return { ok: true, step: "producer.close" };
    dropProducer(media, published);
    if (published.pair?.live.has(published.pair.send)) paceSender(published.pair);
    return { ok: true, step: "producer.close" };
  },
};

async function openProducer(
  site: StepSite,
  step: StepOf<"producer.open">,
): Promise<StepDone<"producer.open"> | Refused> {
  const { participant_id, transport_id, source, kind, rtp_parameters, paused } = step;
  const { media, maxProducers } = site;
  const pair = media.participants.get(participant_id)?.current;
  // Older transports go on with what they have. The controller takes what is opened for the newest transports'.
  if (pair?.send.id !== transport_id || !pair.live.has(pair.send)) return notHere("sending transport");
  if (kind !== mediaKindOf(source)) return refuse("rejected", `A ${source} sends no ${kind}`);
  // mediasoup itself accepts a codec of the other kind.
  const foreign = rtp_parameters.codecs.find(({ mimeType }) =>
    !mimeType.toLowerCase().startsWith(`${kind}/`)
  );
  if (foreign !== undefined) return refuse("rejected", `A ${source} sends no ${foreign.mimeType}`);
  const parameters = JSON.stringify(rtp_parameters);
  const there = pair.producers.get(source);
  if (there?.parameters === parameters) {
    return await setPaused(site, there, paused) ?? opened(there.producer.id);
  }
  if (there === undefined && pair.producers.size + pair.opening.producers >= maxProducers) {
    return refuse("rejected", `A participant has at most ${maxProducers} producers`);
  }
  // The old producer goes first: the new one may have the same SSRC or MID.
  if (there !== undefined) dropProducer(media, there);
  pair.opening.producers++;
  const rtpParameters = withoutCaptureTime(rtp_parameters);
  const made = await attempt(
    site,
    () => pair.send.produce({ kind, rtpParameters, paused, keyFrameRequestDelay }),
  );
  pair.opening.producers--;
  if ("ok" in made) {
    if (there !== undefined) reportEnded(site, [there.producer.id]);
    return made;
  }
  const producer = made.value;
  const published: Published = {
    producer,
    participantId: participant_id,
    source,
    pair,
    parameters,
    consumers: new Set(),
    announcesPackets: step.announces_packets ?? false,
    hasPackets: false,
    bitrates: [],
  };
  addProducer(media, published);
  paceSender(pair);
  site.listen(published);
  const previous = media.participants.get(participant_id)?.previous ?? [];
  const isReplacing = previous.some(({ producers }) => producers.has(source));
  if (isReplacing || published.announcesPackets) site.awaitPackets(published);
  if (isReplacing) endReplaced(site, participant_id);
  return opened(producer.id);
}

/** Pauses or resumes the producer. Returns the refusal, or `undefined` on success. */
export async function setPaused(
  site: StepSite,
  { producer }: Published,
  paused: boolean,
): Promise<Refused | undefined> {
  if (producer.paused === paused) return undefined;
  const done = await attempt(site, () => paused ? producer.pause() : producer.resume());
  return "ok" in done ? done : undefined;
}

function opened(producer_id: string): StepDone<"producer.open"> {
  return { ok: true, step: "producer.open", producer_id };
}
