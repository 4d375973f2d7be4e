import type { MediaStep, StepOf } from "../../shared/protocol/media/steps.ts";
import { type Actual, type ActualParticipant, sendersOf } from "./actual.ts";
import { isReceived, receivedOf } from "./actual_pipes.ts";
import { type Concern, type ConcernedReceiver, concernedReceivers } from "./concern.ts";
import type { ActualConsumer } from "./consumers.ts";
import { homeOf, pipeSteps, type ReceiversByRouter } from "./pipes.ts";
import type { Place } from "./placement.ts";
import type { Remnant } from "./remnants.ts";
import type { Scene, Subscriber, WantedConsumer } from "./scene.ts";
import { isPaused } from "./wanted.ts";
import { wantedBy } from "./wanted_by.ts";

export interface DifferenceInput {
  readonly scene: Scene;
  readonly actual: Actual;
  /** What a change concerns. All else is taken to be as wanted. */
  readonly concerned: Omit<Concern, "arePipes">;
  readonly receivers: ReceiversByRouter;
  /** The place for a participant's fresh transports, given the router of those that they have. */
  readonly placeOf: (subscriber: Subscriber, routerId: string | undefined) => Place;
  /** The place to which a participant is to be moved from this router, if they are. */
  readonly refugeOf: (subscriber: Subscriber, routerId: string) => Place | undefined;
  readonly areRoutersKnown: boolean;
  /** Participants who haven't come back since a failover: what they have on a handler stays as it is. */
  readonly held: Pick<ReadonlySet<string>, "has">;
  readonly nowMs: number;
}

export interface Difference {
  /** By handler, in the order in which they are to be taken. */
  readonly steps: ReadonlyMap<string, readonly MediaStep[]>;
  /** Handlers on which the meeting is to be opened. */
  readonly handlers: ReadonlySet<string>;
  /** Participants who have to wait for a router. */
  readonly unplaced: readonly string[];
  /** There is no place for one of them on any handler. */
  readonly isNowhere: boolean;
}

/**
 * The steps that turn actual into wanted, in the order in which they are to be taken: open a router, pause producers, open
 * transports, pipes, consumers, set consumers, close. Takes time linear in the concerned streams, and in what the concerned
 * participants have and want.
 */
export function difference(input: DifferenceInput): Difference {
  const { actual, scene } = input;
  const opened: StepOf<"transports.open">[] = [];
  const places = newPlaces();
  const consumers: ConsumerSteps = { opened: [], set: [], closed: [] };
  const left: StepOf<"participant.close">[] = [];
  for (const receiver of concernedReceivers(input.concerned)) {
    const { participantId } = receiver;
    const subscriber = scene.subscribers.get(participantId);
    const there = actual.participants.get(participantId);
    const isHeld = subscriber === undefined && input.held.has(participantId);
    for (const remnant of actual.remnants.get(participantId) ?? []) {
      const { routerId } = remnant;
      if (isHeld || subscriber !== undefined && !isReplaced(remnant, subscriber, there, input)) continue;
      left.push({ step: "participant.close", router_id: routerId, participant_id: participantId });
    }
    if (subscriber === undefined) {
      if (there === undefined || isHeld) continue;
      left.push({ step: "participant.close", router_id: there.routerId, participant_id: participantId });
    } else if (there === undefined || there.isDue || there.epoch < subscriber.epoch) {
      const router_id = routerFor(places, subscriber, input.placeOf(subscriber, there?.routerId));
      if (router_id === undefined) continue;
      opened.push({
        step: "transports.open",
        router_id,
        participant_id: participantId,
        epoch: subscriber.epoch,
        rtp_capabilities: subscriber.rtpCapabilities,
      });
      // Consumers go with their transports, unless the client goes on with these.
      const kept = subscriber.keeps ? there : undefined;
      compareConsumers(consumers, { participantId, subscriber, router_id, there: kept }, input);
    } else {
      // The other handler, or its router, is opened first.
      const refuge = input.refugeOf(subscriber, there.routerId);
      if (refuge !== undefined) routerFor(places, subscriber, refuge);
      compareConsumers(consumers, { ...receiver, subscriber, router_id: there.routerId, there }, input);
    }
  }
  const producers = compareProducers(input);
  const steps = new Map<string, MediaStep[]>(
    [...places.opening].map((handlerId) => [handlerId, [{ step: "router.open" }]]),
  );
  const inRouters = [
    // Before the pipes: what is paused may come out of one that ends.
    ...producers.paused,
    ...opened,
    ...pipeSteps(input),
    ...consumers.opened,
    ...consumers.set,
    ...consumers.closed,
    ...producers.closed,
    ...left,
  ];
  for (const step of inRouters) {
    const handlerId = actual.routers.get(step.router_id);
    if (handlerId === undefined) continue;
    const theirs = steps.get(handlerId) ?? [];
    steps.set(handlerId, theirs);
    theirs.push(step);
  }
  return { steps, ...places };
}

/**
 * Whether nothing of older transports is needed any more: what they send has been replaced, and all that is wanted is
 * forwarded over the newest. At the latest after a while.
 */
function isReplaced(
  { producers, untilMs }: Remnant,
  subscriber: Subscriber,
  there: ActualParticipant | undefined,
  { scene, nowMs }: DifferenceInput,
): boolean {
  if (nowMs >= untilMs) return true;
  if (there === undefined || there.isDue || there.epoch < subscriber.epoch) return false;
  const receives = wantedBy(subscriber, scene).keys().every((id) =>
    there.consumers.get(id)?.paused === false
  );
  return receives && producers.keys().every((id) => !scene.producers.has(id));
}

function newPlaces() {
  return {
    /** Handlers that are to open another router. */
    opening: new Set<string>(),
    handlers: new Set<string>(),
    unplaced: new Array<string>(),
    isNowhere: false,
  };
}

function routerFor(
  places: ReturnType<typeof newPlaces>,
  { participantId }: Subscriber,
  place: Place,
): string | undefined {
  if (place.kind === "router") return place.routerId;
  places.unplaced.push(participantId);
  if (place.kind === "new_router") places.opening.add(place.handlerId);
  if (place.kind === "handler") places.handlers.add(place.handlerId);
  if (place.kind === "nowhere") places.isNowhere = true;
  return undefined;
}

interface ConsumerSteps {
  readonly opened: StepOf<"consumer.open">[];
  readonly set: StepOf<"consumer.set">[];
  readonly closed: StepOf<"consumer.close">[];
}

interface Receiver extends ConcernedReceiver {
  readonly subscriber: Subscriber;
  readonly router_id: string;
  readonly there: ActualParticipant | undefined;
}

function compareConsumers(
  steps: ConsumerSteps,
  { participantId: participant_id, producerIds, subscriber, router_id, there }: Receiver,
  { scene, actual, nowMs }: DifferenceInput,
): void {
  const wanted = wantedBy(subscriber, scene);
  const undescribed = subscriber.keeps ? subscriber.undescribed : undefined;
  const ids = producerIds ??
    new Set([...wanted.keys(), ...there?.consumers.keys() ?? [], ...undescribed?.keys() ?? []]);
  for (const producer_id of ids) {
    const of = { router_id, participant_id, producer_id };
    const want = wanted.get(producer_id);
    const has = there?.consumers.get(producer_id);
    if (has === undefined) {
      // A producer can't be consumed on a router that doesn't have it.
      if (!isOnRouter(actual, scene, router_id, producer_id)) continue;
      if (want === undefined) {
        // The client is told of everything that it has; what it doesn't show is hidden from then on.
        if (undescribed?.has(producer_id)) steps.opened.push({ step: "consumer.open", ...of, paused: true });
        continue;
      }
      // A client that keeps its media may have this consumer already, and be sent it.
      const paused = want.paused || !subscriber.keeps;
      const { priority, spatialLayer } = want;
      const layer = spatialLayer === null ? {} : { spatial_layer: spatialLayer };
      steps.opened.push({ step: "consumer.open", ...of, paused, priority, ...layer });
    } else if (want !== undefined) {
      if (isAsWanted(has, want)) continue;
      steps.set.push({ step: "consumer.set", ...of, ...changeOf(has, want) });
    } else if ((subscriber.hidden.get(producer_id) ?? nowMs) <= nowMs || !scene.producers.has(producer_id)) {
      steps.closed.push({ step: "consumer.close", ...of });
    } else if (!has.paused && !isBeingReplaced(scene, producer_id)) {
      steps.set.push({ step: "consumer.set", ...of, paused: true });
    }
  }
}

/** Whether a producer is on older transports of its sender. What it sends is received until the newer one is: then it ends. */
function isBeingReplaced({ producers, subscribers }: Scene, producerId: string): boolean {
  const producer = producers.get(producerId);
  const sender = producer && subscribers.get(producer.participantId);
  return sender !== undefined && producer !== undefined && producer.epoch < sender.epoch;
}

type Forwarding = Pick<StepOf<"consumer.set">, "paused" | "priority" | "spatial_layer">;

function isAsWanted(has: ActualConsumer, { paused, priority, spatialLayer }: WantedConsumer): boolean {
  return has.paused === paused && has.priority === priority &&
    (spatialLayer === null || has.spatialLayer === spatialLayer);
}

/** The parts of a consumer's forwarding that are not as wanted. */
function changeOf(has: ActualConsumer, want: WantedConsumer): Forwarding {
  const { paused, priority, spatialLayer } = want;
  return {
    ...has.paused === paused ? {} : { paused },
    ...has.priority === priority ? {} : { priority },
    ...spatialLayer === null || has.spatialLayer === spatialLayer ? {} : { spatial_layer: spatialLayer },
  };
}

function isOnRouter(actual: Actual, scene: Scene, routerId: string, producerId: string): boolean {
  const home = homeOf(actual, scene, producerId);
  return home === routerId || home !== undefined && isReceived(actual.pipes, routerId, producerId);
}

/** A producer is paused in its own router, and in each that receives it through a pipe: mediasoup knows it of its own alone. */
function compareProducers({ scene, actual, concerned }: DifferenceInput) {
  const paused: StepOf<"producer.pause">[] = [];
  const closed: StepOf<"producer.close">[] = [];
  const homes = new Map<string, { router_id: string; isPausedThere: boolean }>();
  const ids = new Set(concerned.producers);
  const pauseAsWanted = (router_id: string, producer_id: string, isPausedThere: boolean) => {
    const producer = scene.producers.get(producer_id);
    if (producer === undefined || isPaused(producer) === isPausedThere) return;
    paused.push({ step: "producer.pause", router_id, producer_id, paused: !isPausedThere });
  };
  if (ids.size > 0) {
    for (const { routerId, producers } of sendersOf(actual)) {
      for (const [producerId, isPausedThere] of producers) {
        if (ids.has(producerId)) homes.set(producerId, { router_id: routerId, isPausedThere });
      }
    }
  }
  for (const [producer_id, { router_id, isPausedThere }] of homes) {
    if (scene.producers.has(producer_id)) pauseAsWanted(router_id, producer_id, isPausedThere);
    else closed.push({ step: "producer.close", router_id, producer_id });
  }
  for (const { routerId, producerId, isPausedThere } of receivedOf(actual.pipes, ids)) {
    pauseAsWanted(routerId, producerId, isPausedThere);
  }
  for (const producer_id of ids) {
    const producer = homes.has(producer_id) ? undefined : scene.producers.get(producer_id);
    const owner = producer && actual.participants.get(producer.participantId);
    // One on older transports, which no inventory shows, goes on for a while: it must not be heard against a pause.
    if (producer === undefined || owner === undefined || producer.epoch >= owner.epoch) continue;
    pauseAsWanted(owner.routerId, producer_id, false);
  }
  return { paused, closed };
}
