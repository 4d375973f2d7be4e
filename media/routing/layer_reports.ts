import type { ActorContext, Protocol } from "../../shared/actor/mod.ts";
import { MAX_LAYERS, type MediaReport } from "../../shared/protocol/media/control.ts";
import type { RouterMedia } from "./router_media.ts";

/**
 * A consumer's layer has to stay the same for so long to be reported: mediasoup may change it several times a second, and
 * a path that is drained has no picture for a moment.
 */
const settleMs = 1_000;

/** The spatial layer that a participant is sent of a producer, or null for none. */
export type SentLayer = Extract<MediaReport, { report: "layers" }>["consumers"][number];

/** The layers that consumers are sent, for reports. */
export interface LayerReports {
  note(layer: SentLayer): void;
  /** Hands on once more what was handed on last of each consumer. */
  repeat(): void;
}

/**
 * Hands on the layers that have changed since they were handed on last, together and not at once. A picture that the
 * controller or its sender pauses is not sent either, and that is no news: it says nothing of the path.
 */
export function gatherLayers(
  context: Pick<ActorContext<Protocol>, "after">,
  { participants }: RouterMedia,
  onLayers: (layers: SentLayer[]) => void,
): LayerReports {
  const changed = new Map<string, SentLayer>();
  /** Notes that a layer is reported. Answers false where it was before, or says nothing of the path. */
  const isNews = ({ participant_id, producer_id, spatial_layer }: SentLayer): boolean => {
    const subscribed = participants.get(participant_id)?.current.consumers.get(producer_id);
    if (subscribed === undefined || subscribed.reportedLayer === spatial_layer) return false;
    const { consumer: { producerPaused }, forwarding } = subscribed;
    if (spatial_layer === null && (forwarding.paused || producerPaused)) return false;
    subscribed.reportedLayer = spatial_layer;
    return true;
  };
  const handOn = (layers: readonly SentLayer[]) => {
    for (let start = 0; start < layers.length; start += MAX_LAYERS) {
      onLayers(layers.slice(start, start + MAX_LAYERS));
    }
  };
  const flush = () => {
    const layers = [...changed.values()].filter(isNews);
    changed.clear();
    handOn(layers);
  };
  return {
    note(layer) {
      if (changed.size === 0) context.after(settleMs, flush);
      changed.set(`${layer.participant_id} ${layer.producer_id}`, layer);
    },
    repeat() {
      handOn(
        [...participants].flatMap(([participant_id, { current: { consumers } }]) =>
          [...consumers].flatMap(([producer_id, { reportedLayer: spatial_layer }]) =>
            spatial_layer === undefined ? [] : [{ participant_id, producer_id, spatial_layer }]
          )
        ),
      );
    },
  };
}
