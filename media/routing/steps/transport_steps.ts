import { iceParameters } from "../../../shared/protocol/rtp.ts";
import type { StepDone, StepOf } from "../../../shared/protocol/media/steps.ts";
import { addPair, dropPair, dropParticipant, findTransport, forgetEnded } from "../router_media.ts";
import { describeTransport, openTransportPair, stateOf, type TransportPair } from "../transport_pair.ts";
import { wireForm } from "../wire_form.ts";
import { endReplaced, endUnused } from "./end_replaced.ts";
import { reportEnded } from "./report_ended.ts";
import { withoutCaptureTime } from "../without_capture_time.ts";
import { attempt, notHere, refuse, type Refused, type StepHandlers, type StepSite } from "./step_site.ts";

type Family = "transports.open" | "transport.connect" | "transport.restart_ice" | "participant.close";

/** Steps that open, connect and close a participant's transports. */
export const transportSteps: StepHandlers<Family> = {
  "transports.open": openTransports,
  async "transport.connect"(site, { participant_id, transport_id, dtls_parameters }) {
    const { media } = site;
    const found = findTransport(media, participant_id, transport_id);
    if (found === undefined) return notHere("transport");
    const { pair, transport } = found;
    const parameters = JSON.stringify(dtls_parameters);
    if (pair.connected.get(transport) !== parameters) {
      const connected = await attempt(site, () => transport.connect({ dtlsParameters: dtls_parameters }));
      if ("ok" in connected) return connected;
      pair.connected.set(transport, parameters);
    }
    endReplaced(site, participant_id);
    return { ok: true, step: "transport.connect" };
  },
  async "transport.restart_ice"(site, { participant_id, transport_id }) {
    const found = findTransport(site.media, participant_id, transport_id);
    if (found === undefined) return notHere("transport");
    const restarted = await attempt(site, () => found.transport.restartIce());
    if ("ok" in restarted) return restarted;
    const ice_parameters = wireForm(iceParameters, restarted.value);
    return { ok: true, step: "transport.restart_ice", ice_parameters };
  },
  "participant.close"({ media }, { participant_id }) {
    dropParticipant(media, participant_id);
    return { ok: true, step: "participant.close" };
  },
};

async function openTransports(
  site: StepSite,
  { participant_id, epoch, rtp_capabilities }: StepOf<"transports.open">,
): Promise<StepDone<"transports.open"> | Refused> {
  const { media, place } = site;
  const capabilities = withoutCaptureTime(rtp_capabilities);
  const before = media.participants.get(participant_id);
  if (before !== undefined && epoch < before.current.epoch) {
    return refuse("rejected", `The participant has transports of epoch ${before.current.epoch}`);
  }
  if (before?.current.epoch === epoch && before.current.live.size === 2) {
    media.participants.set(participant_id, { ...before, capabilities });
    return described(before.current);
  }
  // Whoever was here comes back, however busy the worker is, and is soon without the older pair.
  if (before === undefined) {
    if (site.isFull) return refuse("full", "This SFU worker is too busy for newcomers");
    // The steps of one run are taken together, and none of their pairs is counted in the load yet.
    if (media.load.transports + media.opening.transports + 2 > site.maxTransports) {
      return refuse("full", "This router takes no more participants");
    }
    if (site.room < 2) return refuse("full", "This handler takes no more transports");
  }
  site.room -= 2;
  media.opening.transports += 2;
  const opened = await attempt(site, () => openTransportPair(place, epoch));
  media.opening.transports -= 2;
  if ("ok" in opened) return opened;
  const pair = opened.value;
  addPair(media, pair);
  const previous = before === undefined ? [] : [...before.previous, before.current];
  const participant = { capabilities, current: pair, previous };
  if (before !== undefined) {
    // A pair of the same epoch lacks a transport: it has no use beside the new pair.
    if (before.current.epoch === epoch) reportEnded(site, dropPair(media, before.current));
    else {
      endUnused(site, before);
      site.dropLater(participant_id, before.current);
    }
  }
  forgetEnded(participant);
  media.participants.set(participant_id, participant);
  site.watch(participant_id, pair);
  return described(pair);
}

function described(pair: TransportPair): StepDone<"transports.open"> {
  return {
    ok: true,
    step: "transports.open",
    send: describeTransport(pair.send),
    recv: describeTransport(pair.recv),
    state: stateOf(pair),
  };
}
