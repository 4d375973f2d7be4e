import {
  type ActorContext,
  type ActorRef,
  type Body,
  fail,
  Failure,
  type Later,
  later,
  type MessageContext,
  type Value,
} from "../../shared/actor/mod.ts";
import type { AskName } from "../../shared/actor/protocol.ts";
import { MediaReports } from "../../shared/protocol/media/control.ts";
import type { MediaInventory } from "../../shared/protocol/media/inventory.ts";
import type { MediaStep, StepOutcome } from "../../shared/protocol/media/steps.ts";
import { type Forwarded, type MediaEvents, RoutingTable } from "../../shared/protocol/media_link.ts";
import { answered } from "../routing/answered.ts";
import { routerCapabilities } from "../routing/router_capabilities.ts";
import type { RoutingTableProtocol } from "../routing/routing_messages.ts";

/*
 * The protocol before the steps, on top of them. The whole file goes when no meeting controller speaks it any more.
 */

type In<N extends AskName<typeof RoutingTable>> = Body<typeof RoutingTable, N>;
type Refusal = "stale_generation" | "not_found" | "rejected" | "unavailable";
type Out<N extends AskName<typeof RoutingTable>> =
  | Later<Value<typeof RoutingTable, N> | Failure<Refusal>>
  | Failure<Refusal>;

/** What this link has opened of a meeting, so that the old messages' names can be told apart. */
interface OldMeeting {
  router: string;
  readonly participants: Set<string>;
  readonly producers: Map<string, { readonly owner: string; paused: boolean }>;
  readonly consumers: Map<string, { readonly owner: string; readonly producer: string }>;
  readonly connected: Set<string>;
}

interface Fence {
  readonly meeting_id: string;
  readonly generation: number;
}

interface LinkRoutingInit {
  readonly link: string;
  readonly table: ActorRef<RoutingTableProtocol>;
}

/** Takes the old messages. */
export class LinkRoutingActor {
  static readonly protocol = RoutingTable;
  readonly #init: LinkRoutingInit;
  readonly #context: ActorContext<typeof RoutingTable>;
  readonly #meetings = new Map<string, OldMeeting>();
  #epoch = 0;

  constructor(init: LinkRoutingInit, context: ActorContext<typeof RoutingTable>) {
    this.#init = init;
    this.#context = context;
  }

  open(body: In<"open">, message: MessageContext): Out<"open"> {
    return later(this.#context.pipe(this.#open(body, message), (opened) => {
      if (opened instanceof Failure) return opened;
      const participants = opened.routers.flatMap((router) => router.participants);
      this.#epoch = Math.max(this.#epoch, ...participants.map(({ epoch }) => epoch));
      this.#meetings.set(body.meeting_id, oldMeeting(opened));
      return {
        rtp_capabilities: routerCapabilities(),
        participants: participants.map((one) => ({
          participant_id: one.participant_id,
          transports: [one.send_transport_id, one.recv_transport_id],
          producers: one.producers.map(({ producer_id }) => producer_id),
          consumers: one.consumers.map(({ consumer_id, producer_id, paused }) => ({
            consumer_id,
            producer_id,
            paused,
          })),
        })),
      };
    }));
  }

  close(body: In<"close">, message: MessageContext): Out<"close"> {
    const { link, table } = this.#init;
    const closing = message.ask(table, "close", { ...body, link });
    return later(this.#context.pipe(closing, (outcome) => {
      if (outcome.ok) this.#meetings.delete(body.meeting_id);
      return answered(outcome);
    }));
  }

  attach(body: In<"attach">, message: MessageContext): Out<"attach"> {
    const { participant_id, rtp_capabilities, producer_ids } = body;
    const meeting = this.#meetings.get(body.meeting_id);
    if (meeting === undefined) return notHere("meeting");
    meeting.participants.add(participant_id);
    const epoch = ++this.#epoch;
    const consumed = [...new Set(producer_ids)].filter((id) => meeting.producers.has(id));
    const stepsOn = (router_id: string): MediaStep[] => [
      { step: "transports.open", router_id, participant_id, epoch, rtp_capabilities },
      ...consumed.map((producer_id) => ({
        step: "consumer.open" as const,
        router_id,
        participant_id,
        producer_id,
      })),
    ];
    return later(
      this.#context.pipe(this.#applyAnew(body, meeting.router, stepsOn, message), ({ router, outcomes }) => {
        meeting.router = router;
        if (outcomes instanceof Failure) return outcomes;
        const [opened, ...consumers] = outcomes;
        if (opened === undefined || !opened.ok) return refused(opened);
        if (opened.step !== "transports.open") return fail("unavailable", "Another step was answered");
        const { send, recv } = opened;
        return { send, recv, consumers: forwardedOf(meeting, participant_id, consumed, consumers) };
      }),
    );
  }

  detach(body: In<"detach">, message: MessageContext): Out<"detach"> {
    const { participant_id } = body;
    const meeting = this.#meetings.get(body.meeting_id);
    if (!meeting?.participants.delete(participant_id)) return notHere("participant");
    for (const [id, { owner }] of meeting.producers) {
      if (owner === participant_id) meeting.producers.delete(id);
    }
    for (const [id, { owner }] of meeting.consumers) {
      if (owner === participant_id) meeting.consumers.delete(id);
    }
    return this.#one(
      body,
      { step: "participant.close", router_id: meeting.router, participant_id },
      message,
      () => {},
    );
  }

  connect(body: In<"connect">, message: MessageContext): Out<"connect"> {
    const { meeting_id, participant_id, transport_id, dtls_parameters } = body;
    const meeting = this.#meetings.get(meeting_id);
    if (meeting === undefined) return notHere("meeting");
    if (meeting.connected.has(transport_id)) return fail("rejected", "The transport is connected already");
    const step = {
      step: "transport.connect" as const,
      router_id: meeting.router,
      participant_id,
      transport_id,
      dtls_parameters,
    };
    return this.#one(body, step, message, () => void meeting.connected.add(transport_id));
  }

  restartIce(body: In<"restartIce">, message: MessageContext): Out<"restartIce"> {
    const { meeting_id, participant_id, transport_id } = body;
    const router_id = this.#meetings.get(meeting_id)?.router;
    if (router_id === undefined) return notHere("meeting");
    const step = { step: "transport.restart_ice" as const, router_id, participant_id, transport_id };
    return this.#one(
      body,
      step,
      message,
      (outcome) =>
        outcome.step === "transport.restart_ice"
          ? { ice_parameters: outcome.ice_parameters }
          : fail("unavailable", "Another step was answered"),
    );
  }

  produce(body: In<"produce">, message: MessageContext): Out<"produce"> {
    const { meeting_id, generation: _, participant_id, paused, ...stream } = body;
    const meeting = this.#meetings.get(meeting_id);
    if (meeting === undefined) return notHere("meeting");
    const step = {
      step: "producer.open" as const,
      router_id: meeting.router,
      participant_id,
      paused,
      ...stream,
    };
    return this.#one(body, step, message, (outcome) => {
      if (outcome.step !== "producer.open") return fail("unavailable", "Another step was answered");
      meeting.producers.set(outcome.producer_id, { owner: participant_id, paused });
      return { producer_id: outcome.producer_id };
    });
  }

  setProducerPaused(body: In<"setProducerPaused">, message: MessageContext): Out<"setProducerPaused"> {
    const { producer_id, paused } = body;
    const meeting = this.#owning(body);
    if (meeting === undefined) return notHere("producer");
    const step = { step: "producer.pause" as const, router_id: meeting.router, producer_id, paused };
    return this.#one(body, step, message, () => {
      const producer = meeting.producers.get(producer_id);
      if (producer !== undefined) producer.paused = paused;
    });
  }

  closeProducer(body: In<"closeProducer">, message: MessageContext): Out<"closeProducer"> {
    const { producer_id } = body;
    const meeting = this.#owning(body);
    if (meeting === undefined) return notHere("producer");
    meeting.producers.delete(producer_id);
    const step = { step: "producer.close" as const, router_id: meeting.router, producer_id };
    return this.#one(body, step, message, () => {});
  }

  consume(body: In<"consume">, message: MessageContext): Out<"consume"> {
    const { meeting_id, participant_id, producer_ids } = body;
    const meeting = this.#meetings.get(meeting_id);
    if (!meeting?.participants.has(participant_id)) return notHere("participant");
    const consumed = [...new Set(producer_ids)].filter((id) => meeting.producers.has(id));
    const step = { step: "consumer.open" as const, router_id: meeting.router, participant_id };
    const steps = consumed.map((producer_id) => ({ ...step, producer_id }));
    return this.#many(body, steps, message, (outcomes) => ({
      consumers: forwardedOf(meeting, participant_id, consumed, outcomes),
    }));
  }

  setConsumersPaused(body: In<"setConsumersPaused">, message: MessageContext): Out<"setConsumersPaused"> {
    return this.#onConsumers(body, { step: "consumer.set", paused: body.paused }, message);
  }

  closeConsumers(body: In<"closeConsumers">, message: MessageContext): Out<"closeConsumers"> {
    return this.#onConsumers(body, { step: "consumer.close" }, message);
  }

  #onConsumers(
    body: In<"closeConsumers">,
    step: { readonly step: "consumer.set"; readonly paused: boolean } | { readonly step: "consumer.close" },
    message: MessageContext,
  ): Later<void | Failure<Refusal>> | Failure<Refusal> {
    const { meeting_id, participant_id, consumer_ids } = body;
    const meeting = this.#meetings.get(meeting_id);
    if (!meeting?.participants.has(participant_id)) return notHere("participant");
    const steps = consumer_ids.flatMap((id): MediaStep[] => {
      const known = meeting.consumers.get(id);
      if (known?.owner !== participant_id) return [];
      return [{ ...step, router_id: meeting.router, participant_id, producer_id: known.producer }];
    });
    return this.#many(body, steps, message, () => {});
  }

  #owning({ meeting_id, participant_id, producer_id }: In<"closeProducer">): OldMeeting | undefined {
    const meeting = this.#meetings.get(meeting_id);
    return meeting?.producers.get(producer_id)?.owner === participant_id ? meeting : undefined;
  }

  #one<T>(
    fence: Fence,
    step: MediaStep,
    message: MessageContext,
    then: (outcome: Extract<StepOutcome, { ok: true }>) => T | Failure<Refusal>,
  ): Later<T | Failure<Refusal>> {
    return this.#many(fence, [step], message, ([outcome]) => outcome?.ok ? then(outcome) : refused(outcome));
  }

  #many<T>(
    fence: Fence,
    steps: readonly MediaStep[],
    message: MessageContext,
    then: (outcomes: readonly StepOutcome[]) => T | Failure<Refusal>,
  ): Later<T | Failure<Refusal>> {
    return later(this.#context.pipe(this.#apply(fence, steps, message), (outcomes) => {
      if (outcomes instanceof Failure) return outcomes;
      const gone = outcomes.find((outcome) => !outcome.ok && outcome.code === "unavailable");
      return gone === undefined ? then(outcomes) : refused(gone);
    }));
  }

  /** Like `#apply`, on another router when the one that the meeting had is gone. */
  async #applyAnew(
    fence: Fence,
    router: string,
    stepsOn: (router: string) => MediaStep[],
    message: MessageContext,
  ): Promise<{ readonly router: string; readonly outcomes: StepOutcome[] | Failure<Refusal> }> {
    const outcomes = await this.#apply(fence, stepsOn(router), message);
    if (outcomes instanceof Failure || outcomes[0]?.ok || outcomes[0]?.code !== "not_found") {
      return { router, outcomes };
    }
    const opened = await this.#open(fence, message);
    const other = opened instanceof Failure ? undefined : opened.routers[0]?.router_id;
    if (other === undefined || opened instanceof Failure) {
      return { router, outcomes: opened instanceof Failure ? opened : notHere("router") };
    }
    return { router: other, outcomes: await this.#apply(fence, stepsOn(other), message) };
  }

  async #apply(
    { meeting_id, generation }: Fence,
    steps: readonly MediaStep[],
    message: MessageContext,
  ): Promise<StepOutcome[] | Failure<Refusal>> {
    const { link, table } = this.#init;
    const body = { meeting_id, generation, link, batch: null, steps: [...steps] };
    const outcome = answered(await message.ask(table, "apply", body));
    return outcome instanceof Failure ? outcome : outcome.outcomes;
  }

  async #open(
    { meeting_id, generation }: Fence,
    message: MessageContext,
  ): Promise<MediaInventory | Failure<Refusal>> {
    const { link, table } = this.#init;
    return answered(await message.ask(table, "open", { meeting_id, generation, link }));
  }
}

/** Says in the old words what happens. */
export class LinkEventsActor {
  static readonly protocol = MediaReports;

  constructor(
    readonly events: ActorRef<typeof MediaEvents>,
    _context: ActorContext<typeof MediaReports>,
  ) {}

  async report({ meeting_id, reports }: Body<typeof MediaReports, "report">): Promise<void> {
    for (const report of reports) {
      if (report.report === "router.lost") {
        await this.events.offer("meetingsLost", { meeting_ids: [meeting_id], reason: report.reason });
      } else if (report.report === "transport.ended") {
        const { participant_id, transport_id } = report;
        await this.events.offer("transportLost", { meeting_id, participant_id, transport_id });
      } else if (report.report === "speaker") {
        await this.events.offer("activeSpeaker", { meeting_id, participant_id: report.participant_id });
      }
    }
  }
}

function oldMeeting({ routers }: MediaInventory): OldMeeting {
  const participants = routers.flatMap((router) => router.participants);
  return {
    router: routers[0]?.router_id ?? "",
    participants: new Set(participants.map(({ participant_id }) => participant_id)),
    producers: new Map(
      participants.flatMap(({ participant_id: owner, producers }) =>
        producers.map(({ producer_id, paused }) => [producer_id, { owner, paused }])
      ),
    ),
    consumers: new Map(
      participants.flatMap(({ participant_id: owner, consumers }) =>
        consumers.map(({ consumer_id, producer_id: producer }) => [consumer_id, { owner, producer }])
      ),
    ),
    connected: new Set(),
  };
}

/** The consumers that were opened, in the order of their producers; the others are left out. */
function forwardedOf(
  meeting: OldMeeting,
  owner: string,
  producers: readonly string[],
  outcomes: readonly StepOutcome[],
): Forwarded[] {
  return producers.flatMap((producer_id, n) => {
    const outcome = outcomes[n];
    if (!outcome?.ok || outcome.step !== "consumer.open") return [];
    const { consumer_id, kind, rtp_parameters } = outcome;
    meeting.consumers.set(consumer_id, { owner, producer: producer_id });
    const producer_paused = meeting.producers.get(producer_id)?.paused ?? false;
    return [{ consumer_id, producer_id, kind, rtp_parameters, producer_paused }];
  });
}

function refused(outcome: StepOutcome | undefined): Failure<Refusal> {
  if (outcome === undefined || outcome.ok) return fail("unavailable", "The step was not answered");
  return fail(outcome.code === "full" ? "unavailable" : outcome.code, outcome.message);
}

function notHere(what: string): Failure<"not_found"> {
  return fail("not_found", `There is no such ${what} here`);
}
