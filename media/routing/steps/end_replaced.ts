import { dropProducer, dropTransport } from "../router_media.ts";
import type { Published, TransportPair } from "../transport_pair.ts";
import type { StepSite } from "./step_site.ts";
import { reportEnded } from "./report_ended.ts";

/**
 * Ends what a participant's newest transports have replaced, each direction by itself, so that media has no gap: the
 * receiving transport once all consumers on the new one are forwarded over a connected path, a producer once the new one
 * of its source has packets, or is paused. What had nothing on it ends at once.
 */
export function endReplaced(site: StepSite, participantId: string): void {
  const { media } = site;
  const participant = media.participants.get(participantId);
  const previous = participant?.previous;
  if (participant === undefined || previous === undefined) return;
  const { current } = participant;
  if (previous.consumers.size === 0 || receives(current)) dropTransport(media, previous, previous.recv);
  const replaced = [...previous.producers.values()].filter(({ source }) =>
    sends(current.producers.get(source))
  );
  for (const published of replaced) dropProducer(media, published);
  if (previous.producers.size === 0) dropTransport(media, previous, previous.send);
  if (previous.live.size === 0) {
    participant.cancelPrevious();
    participant.previous = undefined;
  }
  reportEnded(site, replaced.map(({ producer }) => producer.id));
}

function receives({ recv, consumers }: TransportPair): boolean {
  return recv.dtlsState === "connected" && consumers.size > 0 &&
    consumers.values().every(({ consumer }) => !consumer.paused);
}

function sends(published: Published | undefined): boolean {
  return published !== undefined && (published.hasPackets || published.producer.paused);
}
