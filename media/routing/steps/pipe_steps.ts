import { rtpParameters } from "../../../shared/protocol/rtp.ts";
import type { StepDone, StepOf } from "../../../shared/protocol/media/steps.ts";
import { addressOf, openPipe, type Pipe, type PipeEnd } from "../pipe.ts";
import { addPiped, dropPipe, dropProducer } from "../router_media.ts";
import type { Published } from "../transport_pair.ts";
import { wireForm } from "../wire_form.ts";
import { setPaused } from "./producer_steps.ts";
import { attempt, notHere, refuse, type Refused, type StepHandlers, type StepSite } from "./step_site.ts";

type Family =
  | "pipe.open"
  | "pipe.connect"
  | "pipe.send"
  | "pipe.set"
  | "pipe.receive"
  | "pipe.end"
  | "pipe.close";

/** Steps at one end of a pipe. The controller drives both ends. */
export const pipeSteps: StepHandlers<Family> = {
  async "pipe.open"(site, { peer_router_id, is_encrypted }) {
    const { media: { pipes }, place, pipeAddress } = site;
    const there = pipes.get(peer_router_id);
    if (there !== undefined) return opened(there);
    const made = await attempt(site, () => openPipe(place, pipeAddress, is_encrypted));
    if ("ok" in made) return made;
    pipes.set(peer_router_id, made.value);
    return opened(made.value);
  },
  async "pipe.connect"(site, { peer_router_id, ip, port, srtp_parameters }) {
    const pipe = site.media.pipes.get(peer_router_id);
    if (pipe === undefined) return notHere("pipe");
    const end: PipeEnd = { ip, port, ...(srtp_parameters === undefined ? {} : { srtp_parameters }) };
    if (pipe.connectedTo !== null) {
      if (isSame(pipe.connectedTo, end)) return { ok: true, step: "pipe.connect" };
      return refuse("rejected", "The pipe is connected to another end");
    }
    const srtpParameters = srtp_parameters === undefined ? {} : { srtpParameters: srtp_parameters };
    const connected = await attempt(site, () => pipe.transport.connect({ ip, port, ...srtpParameters }));
    if ("ok" in connected) return connected;
    pipe.connectedTo = end;
    return { ok: true, step: "pipe.connect" };
  },
  "pipe.send": send,
  async "pipe.set"(site, { peer_router_id, producer_id, paused }) {
    const consumer = site.media.pipes.get(peer_router_id)?.sent.get(producer_id);
    if (consumer === undefined) return notHere("piped producer");
    const changed = await attempt(site, () => paused ? consumer.pause() : consumer.resume());
    return "ok" in changed ? changed : { ok: true, step: "pipe.set" };
  },
  "pipe.receive": receive,
  "pipe.end"({ media }, { peer_router_id, producer_id }) {
    const pipe = media.pipes.get(peer_router_id);
    pipe?.sent.get(producer_id)?.close();
    pipe?.sent.delete(producer_id);
    const received = pipe?.received.get(producer_id);
    if (received !== undefined) dropProducer(media, received);
    return { ok: true, step: "pipe.end" };
  },
  "pipe.close"({ media }, { peer_router_id }) {
    dropPipe(media, peer_router_id);
    return { ok: true, step: "pipe.close" };
  },
};

async function send(
  site: StepSite,
  { peer_router_id, producer_id, paused }: StepOf<"pipe.send">,
): Promise<StepDone<"pipe.send"> | Refused> {
  const { media } = site;
  const pipe = media.pipes.get(peer_router_id);
  if (pipe === undefined) return notHere("pipe");
  // What came through a pipe goes no further: every router that needs a producer gets it from its own router.
  if (media.producers.get(producer_id)?.pair == null) return notHere("producer");
  const made = await attempt(site, async () => {
    const consumer = pipe.sent.get(producer_id) ?? await pipe.transport.consume({ producerId: producer_id });
    pipe.sent.set(producer_id, consumer);
    if (consumer.paused !== paused) await (paused ? consumer.pause() : consumer.resume());
    return consumer;
  });
  if ("ok" in made) return made;
  return {
    ok: true,
    step: "pipe.send",
    rtp_parameters: wireForm(rtpParameters, made.value.rtpParameters),
  };
}

async function receive(
  site: StepSite,
  step: StepOf<"pipe.receive">,
): Promise<StepDone<"pipe.receive"> | Refused> {
  const { peer_router_id, producer_id: id, participant_id, source, kind, rtp_parameters, paused = false } =
    step;
  const { media } = site;
  const pipe = media.pipes.get(peer_router_id);
  if (pipe === undefined) return notHere("pipe");
  const parameters = JSON.stringify(rtp_parameters);
  const there = pipe.received.get(id);
  if (there?.parameters === parameters) {
    return await setPaused(site, there, paused) ?? { ok: true, step: "pipe.receive" };
  }
  if (there !== undefined) dropProducer(media, there);
  const made = await attempt(
    site,
    () => pipe.transport.produce({ id, kind, rtpParameters: rtp_parameters, paused }),
  );
  if ("ok" in made) return made;
  const published: Published = {
    producer: made.value,
    participantId: participant_id,
    source,
    pair: null,
    parameters,
    consumers: new Set(),
    announcesPackets: false,
    hasPackets: false,
    bitrates: [],
  };
  addPiped(media, pipe, published);
  return { ok: true, step: "pipe.receive" };
}

function opened(pipe: Pipe): StepDone<"pipe.open"> {
  return { ok: true, step: "pipe.open", ...addressOf(pipe) };
}

function isSame(one: PipeEnd, other: PipeEnd): boolean {
  return one.ip === other.ip && one.port === other.port &&
    one.srtp_parameters?.cryptoSuite === other.srtp_parameters?.cryptoSuite &&
    one.srtp_parameters?.keyBase64 === other.srtp_parameters?.keyBase64;
}
