import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { MediaStep, StepOf, StepOutcome } from "../../shared/protocol/media/steps.ts";
import type { RtpParameters } from "../../shared/protocol/mod.ts";

export type PipeStep = Extract<MediaStep, { peer_router_id: string }>;
export type PipeAddress = Pick<StepOf<"pipe.connect">, "ip" | "port" | "srtp_parameters">;

/** One end of a pipe. What isn't known of it is null: the step that makes it is answered with it again. */
export interface PipeEnd {
  readonly address: PipeAddress | null;
  readonly isConnected: boolean;
  /** The other router's end that it was connected to; null where that isn't known. */
  readonly connectedTo: PipeAddress | null;
  /** The handler refused to connect it: it has to be closed. */
  readonly isBroken: boolean;
  readonly sent: Map<string, { readonly paused: boolean; readonly rtpParameters: RtpParameters | null }>;
  /** Whether each producer that comes out here is paused here. */
  readonly received: Map<string, boolean>;
}

/** The pipes of a meeting, by the router at this end and the router at the other end. */
export type ActualPipes = Map<string, Map<string, PipeEnd>>;

export function pipesFromInventory({ routers }: Pick<MediaInventory, "routers">): ActualPipes {
  return new Map(routers.map(({ router_id, pipes }) => [
    router_id,
    new Map(pipes.map((end) => [end.peer_router_id, {
      address: end.address ?? null,
      isConnected: end.is_connected,
      connectedTo: end.connected_to ?? null,
      isBroken: false,
      sent: new Map(
        end.sent.map(({ producer_id, paused }) => [producer_id, { paused, rtpParameters: null }]),
      ),
      received: new Map(end.received.map(({ producer_id, paused = false }) => [producer_id, paused])),
    }])),
  ]));
}

/** Whether an end is connected to an earlier end of the other router, which was closed since and opened again. */
export function isMisconnected({ connectedTo }: PipeEnd, { address }: PipeEnd): boolean {
  if (connectedTo === null || address === null) return false;
  return connectedTo.ip !== address.ip || connectedTo.port !== address.port ||
    connectedTo.srtp_parameters?.keyBase64 !== address.srtp_parameters?.keyBase64;
}

/** Forgets an end's addresses after a step whose outcome isn't known: it may have been closed and opened again. */
export function notePipeUnknown(pipes: ActualPipes, { router_id, peer_router_id }: PipeStep): void {
  const end = pipes.get(router_id)?.get(peer_router_id);
  if (end !== undefined) {
    pipes.get(router_id)?.set(peer_router_id, { ...end, address: null, connectedTo: null });
  }
}

/** Whether a router receives a producer through a pipe. */
export function isReceived(pipes: ActualPipes, routerId: string, producerId: string): boolean {
  return pipes.get(routerId)?.values().some(({ received }) => received.has(producerId)) ?? false;
}

/** A producer that a router receives through a pipe. */
export interface ReceivedProducer {
  readonly routerId: string;
  readonly producerId: string;
  readonly isPausedThere: boolean;
}

/** Where these producers are received through pipes. */
export function* receivedOf(pipes: ActualPipes, producerIds: Iterable<string>): Iterable<ReceivedProducer> {
  const ids = [...producerIds];
  for (const [routerId, ends] of pipes) {
    for (const { received } of ends.values()) {
      for (const producerId of ids) {
        const isPausedThere = received.get(producerId);
        if (isPausedThere !== undefined) yield { routerId, producerId, isPausedThere };
      }
    }
  }
}

/** Notes that a producer was paused, or switched on, in a router that receives it. */
export function notePipedPause(
  pipes: ActualPipes,
  { router_id, producer_id, paused }: StepOf<"producer.pause">,
): void {
  for (const { received } of pipes.get(router_id)?.values() ?? []) {
    if (received.has(producer_id)) received.set(producer_id, paused);
  }
}

/** Applies the outcome of a step at one end of a pipe. */
export function notePipeOutcome(pipes: ActualPipes, step: PipeStep, outcome: StepOutcome): void {
  const { router_id, peer_router_id } = step;
  const ends = pipes.get(router_id) ?? new Map<string, PipeEnd>();
  pipes.set(router_id, ends);
  const end = ends.get(peer_router_id);
  if (!outcome.ok) {
    if (outcome.code === "not_found" && step.step !== "pipe.send") ends.delete(peer_router_id);
    else if (step.step === "pipe.connect" && end !== undefined) {
      ends.set(peer_router_id, { ...end, isBroken: true });
    }
    return;
  }
  switch (step.step) {
    case "pipe.open": {
      if (outcome.step !== step.step) return;
      const { ok: _, step: _step, ...address } = outcome;
      const fresh = {
        isConnected: false,
        connectedTo: null,
        isBroken: false,
        sent: new Map(),
        received: new Map<string, boolean>(),
      };
      return void ends.set(peer_router_id, { ...fresh, ...end, address });
    }
    case "pipe.connect": {
      const { step: _step, router_id: _router, peer_router_id: _peer, ...connectedTo } = step;
      if (end !== undefined) ends.set(peer_router_id, { ...end, isConnected: true, connectedTo });
      return;
    }
    case "pipe.send": {
      if (outcome.step !== step.step) return;
      const { rtp_parameters: rtpParameters } = outcome;
      return void end?.sent.set(step.producer_id, { paused: step.paused, rtpParameters });
    }
    case "pipe.set": {
      const sent = end?.sent.get(step.producer_id);
      if (sent !== undefined) end?.sent.set(step.producer_id, { ...sent, paused: step.paused });
      return;
    }
    case "pipe.receive":
      return void end?.received.set(step.producer_id, step.paused ?? false);
    case "pipe.end":
      end?.sent.delete(step.producer_id);
      return void end?.received.delete(step.producer_id);
    case "pipe.close":
      return void ends.delete(peer_router_id);
  }
}

/** A producer's end: its sending ends are gone with it, and its receiving ends are not. */
export function dropSent(pipes: ActualPipes, producerId: string): void {
  for (const ends of pipes.values()) for (const { sent } of ends.values()) sent.delete(producerId);
}
