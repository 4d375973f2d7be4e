import {
  dropProducer,
  dropTransport,
  forgetEnded,
  type ParticipantMedia,
  producersOn,
} from "../router_media.ts";
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
  if (participant === undefined) return;
  const { current, previous } = participant;
  for (const pair of previous) {
    if (pair.consumers.size === 0 || receives(current)) dropTransport(media, pair, pair.recv);
    const replaced = [...pair.producers.values()].filter(({ source }) =>
      sends(current.producers.get(source))
    );
    for (const published of replaced) dropProducer(media, published);
    if (pair.producers.size === 0) dropTransport(media, pair, pair.send);
    reportEnded(site, replaced.map(({ producer }) => producer.id));
  }
  forgetEnded(participant);
}

/**
 * Ends what a participant's newest transports have not come to carry, as others take their place: in each direction the
 * transport that they were to replace goes on alone. So a participant who is given transports again and again has one old
 * transport a direction.
 */
export function endUnused(site: StepSite, { current, previous }: ParticipantMedia): void {
  const { media } = site;
  if (previous.some(({ live, recv }) => live.has(recv))) dropTransport(media, current, current.recv);
  if (!previous.some(({ live, send }) => live.has(send))) return;
  const ended = producersOn(current);
  dropTransport(media, current, current.send);
  reportEnded(site, ended);
}

function receives({ recv, consumers }: TransportPair): boolean {
  return recv.dtlsState === "connected" && consumers.size > 0 &&
    consumers.values().every(({ consumer }) => !consumer.paused);
}

function sends(published: Published | undefined): boolean {
  return published !== undefined && (published.hasPackets || published.producer.paused);
}
