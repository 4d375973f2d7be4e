import {
  type ActorContext,
  type Body,
  fail,
  Failure,
  type MessageContext,
  type Value,
} from "../../shared/actor/mod.ts";
import type { MediaStepName, StepDone } from "../../shared/protocol/media/steps.ts";
import { spatialLayersOf } from "../../shared/protocol/spatial_layers.ts";
import type { MediaRouting } from "./media_routing_protocol.ts";
import type { MeetingLoop } from "./meeting_loop.ts";
import type { MeetingMedia } from "./meeting_media.ts";
import { participantStep, type StepRest } from "./participant_step.ts";
import { isBornPaused, isRefused, noteHeard, notPermitted } from "./rights.ts";
import type { StepRefused } from "./step_result.ts";
import { tooOften } from "./notice_rate.ts";

export interface ClientStepsInit {
  readonly context: ActorContext<typeof MediaRouting>;
  readonly media: MeetingMedia;
  readonly loop: MeetingLoop;
  readonly maySwitchOn: (sub: string) => boolean;
  /** What a participant sends has changed. */
  readonly onSources: (participantId: string) => Promise<void>;
}

function noTransport(): Failure<"not_found"> {
  return fail("not_found", "There is no such transport of yours.");
}

/** The steps that clients ask for. Each goes out at once, and its answer is the client's. Part of the routing's state. */
export class ClientSteps {
  readonly #init: ClientStepsInit;

  constructor(init: ClientStepsInit) {
    this.#init = init;
  }

  connect(
    { participantId, transportId, dtlsParameters }: Body<typeof MediaRouting, "connect">,
    message: MessageContext,
  ): Promise<void | StepRefused> {
    const step = { transport_id: transportId, dtls_parameters: dtlsParameters };
    return this.#take("transport.connect", participantId, step, message, (outcome) => {
      return outcome instanceof Failure ? outcome : undefined;
    });
  }

  restartIce(
    { participantId, transportId }: Body<typeof MediaRouting, "restartIce">,
    message: MessageContext,
  ): Promise<Value<typeof MediaRouting, "restartIce"> | StepRefused> {
    const step = { transport_id: transportId };
    return this.#take("transport.restart_ice", participantId, step, message, (outcome) => {
      return outcome instanceof Failure ? outcome : { ice_parameters: outcome.ice_parameters };
    });
  }

  produce(
    request: Body<typeof MediaRouting, "produce">,
    message: MessageContext,
  ): Promise<
    { producer_id: string } | Failure<"not_found" | "rejected" | "unavailable" | "forbidden" | "too_often">
  > {
    const { media, loop, maySwitchOn, onSources } = this.#init;
    const { participantId, sub, transportId, kind, source, rtpParameters } = request;
    const transports = media.producers.sendingTransports(participantId);
    if (transports === undefined) return Promise.resolve(noTransport());
    const { routerId, epoch } = transports;
    const rights = media.producers.rightsOf(participantId);
    const said = media.subscriber(participantId)?.said ?? null;
    if (isRefused(rights, source)) return Promise.resolve(notPermitted());
    if (!maySwitchOn(sub)) return Promise.resolve(tooOften());
    if (request.paused) noteHeard(rights, source);
    const paused = isBornPaused(rights, source, request.paused);
    // The handler that it is moved away from can't see packets that come to another one.
    const announces = media.isMoving(participantId) && !paused ? { announces_packets: true } : {};
    const step = {
      transport_id: transportId,
      kind,
      source,
      rtp_parameters: rtpParameters,
      paused,
      ...announces,
    };
    const held = loop.hold();
    return this.#take("producer.open", participantId, step, message, async (outcome) => {
      using _held = held;
      if (outcome instanceof Failure) return outcome;
      const { producer_id } = outcome;
      if (!media.producers.isSendingOver(participantId, transports)) {
        return fail("not_found", "The transport was replaced meanwhile.");
      }
      // One on older transports goes on until this one has packets: the handler reports its end.
      const replaced = media.producers.of(participantId).filter((one) =>
        one.source === source && one.epoch === epoch && one.producerId !== producer_id
      );
      media.producers.remove(replaced.map(({ producerId }) => producerId));
      const layers = kind === "audio" ? 1 : spatialLayersOf(rtpParameters);
      const born = { producerId: producer_id, participantId, kind, source, epoch, layers };
      const isAllowed = media.producers.add(born, { routerId, paused, rights, said });
      await onSources(participantId);
      return isAllowed ? { producer_id } : notPermitted();
    });
  }

  #take<N extends MediaStepName, R>(
    name: N,
    participantId: string,
    rest: StepRest<N>,
    message: MessageContext,
    turn: (outcome: StepDone<N> | StepRefused) => R | Promise<R>,
  ): Promise<R> {
    const { context, media, loop } = this.#init;
    const routerId = media.routerOf(participantId);
    if (routerId === undefined) return Promise.resolve(turn(noTransport()));
    const step = participantStep(name, routerId, participantId, rest);
    return context.pipe(loop.takeStep<N>(routerId, step, message), turn);
  }
}
