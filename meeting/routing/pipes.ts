import type { Actual } from "./actual.ts";
import { isMisconnected, type PipeEnd, type PipeStep } from "./actual_pipes.ts";
import { allRemnants } from "./remnants.ts";
import type { Producer, Scene } from "./scene.ts";
import { isPaused } from "./wanted.ts";

/** The participants on one router who are to receive one producer. */
export interface Receivers {
  /** All of them. */
  readonly wanted: Set<string>;
  /** Those who are sent it: the others have not set up their consumer yet. */
  readonly active: Set<string>;
}

/** What is wanted on each router, by producer. */
export type ReceiversByRouter = Map<string, Map<string, Receivers>>;

export interface PipesInput {
  readonly scene: Pick<Scene, "producers">;
  readonly actual: Actual;
  readonly receivers: ReceiversByRouter;
  /** Every handler of the lease has said what it has, or is gone: there are no other routers. */
  readonly areRoutersKnown: boolean;
}

/** A producer that one router is to receive from the producer's own router. */
interface WantedPipe {
  readonly producer: Producer;
  readonly from: string;
  readonly to: string;
  /** Nobody there is sent it at the moment. */
  readonly paused: boolean;
}

/** The router of a producer's sender; undefined while actual doesn't have the producer. */
export function homeOf(
  { participants }: Pick<Actual, "participants">,
  { producers }: Pick<Scene, "producers">,
  producerId: string,
): string | undefined {
  const sender = producers.get(producerId)?.participantId;
  const there = sender === undefined ? undefined : participants.get(sender);
  return there?.producers.has(producerId) ? there.routerId : undefined;
}

/**
 * The steps that bring producers to the routers on which somebody wants them, and end those that nobody wants any more.
 * A pipe takes several batches: its ends are opened, then connected; a producer is sent into it, then received.
 */
export function pipeSteps(input: PipesInput): PipeStep[] {
  const lost = lostEnds(input);
  if (input.actual.routers.size < 2) return lost;
  const wanted = wantedPipes(input);
  const through = wanted.flatMap((one) => carried(input, one));
  return [...lost, ...openedPipes(input, wanted), ...through, ...unwanted(input, wanted)];
}

function wantedPipes({ scene, actual, receivers }: PipesInput): WantedPipe[] {
  const wanted: WantedPipe[] = [];
  for (const [to, producers] of receivers) {
    if (!actual.routers.has(to)) continue;
    for (const [producerId, { active }] of producers) {
      const producer = scene.producers.get(producerId);
      const from = homeOf(actual, scene, producerId);
      if (producer === undefined || from === undefined || from === to) continue;
      // Who is about to get fresh transports goes on receiving over the former ones meanwhile.
      const isIdle = active.size === 0 && consumptionOf(actual, to, producerId) !== "sent";
      wanted.push({ producer, from, to, paused: isIdle });
    }
  }
  return wanted;
}

/** Closes ends that can't be used any more: the router or the end that they lead to is gone, or connecting was refused. */
function lostEnds({ actual: { pipes, routers }, areRoutersKnown }: PipesInput): PipeStep[] {
  return [...pipes].flatMap(([router_id, ends]) =>
    [...ends].flatMap(([peer_router_id, end]): PipeStep[] => {
      const isLost = routers.has(peer_router_id)
        ? isUseless(end, pipes.get(peer_router_id)?.get(router_id))
        : end.isBroken || areRoutersKnown;
      return isLost ? [{ step: "pipe.close", router_id, peer_router_id }] : [];
    })
  );
}

/** Whether an end can't come to lead to the other router's end, and so has to be closed. */
function isUseless(end: PipeEnd, other: PipeEnd | undefined): boolean {
  return end.isBroken || end.isConnected && (other === undefined || isMisconnected(end, other));
}

/** Opens and connects the pipes between the routers of `wanted`. */
function openedPipes({ actual: { pipes, routers } }: PipesInput, wanted: readonly WantedPipe[]): PipeStep[] {
  const pairs = new Map(wanted.map(({ from, to }) => [[from, to].sort().join(" "), { from, to }]));
  return [...pairs.values()].flatMap(({ from, to }) => {
    const here = pipes.get(from)?.get(to);
    const there = pipes.get(to)?.get(from);
    // Packets between two routers of one handler don't leave its machine.
    const isEncrypted = routers.get(from) !== routers.get(to);
    return [
      ...connected({ from, to, isEncrypted }, here, there),
      ...connected({ from: to, to: from, isEncrypted }, there, here),
    ];
  });
}

/** The step that brings one end of a pipe nearer to being connected to the other one. */
function connected(
  { from, to, isEncrypted }: { readonly from: string; readonly to: string; readonly isEncrypted: boolean },
  end: PipeEnd | undefined,
  other: PipeEnd | undefined,
): PipeStep[] {
  const of = { router_id: from, peer_router_id: to };
  // Nothing leads to an end that is about to be closed.
  if (end !== undefined && isUseless(end, other) || other !== undefined && isUseless(other, end)) return [];
  const isAddressDue = end === undefined || end.address === null && other?.isConnected === false;
  if (isAddressDue) return [{ step: "pipe.open", ...of, is_encrypted: isEncrypted }];
  if (end.isConnected || other === undefined || other.address === null) return [];
  return [{ step: "pipe.connect", ...of, ...other.address }];
}

/** The step that brings a producer further through a pipe. */
function carried({ actual: { pipes } }: PipesInput, { producer, from, to, paused }: WantedPipe): PipeStep[] {
  const { producerId: producer_id, participantId: participant_id, source, kind } = producer;
  const here = pipes.get(from)?.get(to);
  const there = pipes.get(to)?.get(from);
  if (here === undefined || isUseless(here, there) || there !== undefined && isUseless(there, here)) {
    return [];
  }
  const sending = { router_id: from, peer_router_id: to, producer_id };
  const sent = here.sent.get(producer_id);
  const isReceived = there?.received.has(producer_id) ?? false;
  if (sent === undefined || !isReceived && sent.rtpParameters === null) {
    return [{ step: "pipe.send", ...sending, paused }];
  }
  const steps: PipeStep[] = sent.paused === paused ? [] : [{ step: "pipe.set", ...sending, paused }];
  if (there === undefined || isReceived || sent.rtpParameters === null) return steps;
  const receiving = { router_id: to, peer_router_id: from, producer_id };
  const rtp_parameters = sent.rtpParameters;
  const received = { participant_id, source, kind, rtp_parameters, paused: isPaused(producer) };
  return [...steps, { step: "pipe.receive", ...receiving, ...received }];
}

/** Ends what goes through pipes and is not wanted. What somebody still has a consumer of is kept, and flows if it is sent on. */
function unwanted({ actual }: PipesInput, wanted: readonly WantedPipe[]): PipeStep[] {
  const names = new Set(wanted.map(({ producer, from, to }) => `${from} ${to} ${producer.producerId}`));
  const steps: PipeStep[] = [];
  for (const [router_id, ends] of actual.pipes) {
    for (const [peer_router_id, { sent, received }] of ends) {
      const of = (producer_id: string) => ({ router_id, peer_router_id, producer_id });
      for (const id of received.keys()) {
        const isKept = names.has(`${peer_router_id} ${router_id} ${id}`) ||
          consumptionOf(actual, router_id, id) !== "none";
        if (!isKept) steps.push({ step: "pipe.end", ...of(id) });
      }
      const isReceived = (id: string) => actual.pipes.get(peer_router_id)?.get(router_id)?.received.has(id);
      for (const [id, { paused }] of sent) {
        if (names.has(`${router_id} ${peer_router_id} ${id}`)) continue;
        const isIdle = consumptionOf(actual, peer_router_id, id) !== "sent";
        if (!isReceived(id)) steps.push({ step: "pipe.end", ...of(id) });
        else if (paused !== isIdle) steps.push({ step: "pipe.set", ...of(id), paused: isIdle });
      }
    }
  }
  return steps;
}

/** What the participants on a router have of a producer: no consumer, paused ones, or one that is sent. */
function consumptionOf(
  { participants, remnants }: Actual,
  routerId: string,
  producerId: string,
): "none" | "paused" | "sent" {
  let consumption: "none" | "paused" = "none";
  for (const one of [...participants.values(), ...allRemnants(remnants)]) {
    const consumer = one.routerId === routerId ? one.consumers.get(producerId) : undefined;
    if (consumer?.paused === false) return "sent";
    if (consumer !== undefined) consumption = "paused";
  }
  return consumption;
}
