import {
  type ActorContext,
  type ActorRef,
  type Body,
  fail,
  Failure,
  later,
  type MessageContext,
} from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { MediaControl } from "../../shared/protocol/media/control.ts";
import type { MediaStepName, StepDone } from "../../shared/protocol/media/steps.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { HandlerLinks } from "../routing/handler_links_protocol.ts";
import { openOnHandler } from "../routing/open_on_handler.ts";
import { participantStep, type StepRest } from "../routing/participant_step.ts";
import { stepResult } from "../routing/step_result.ts";
import { ConnectionTest } from "./connection_test_protocol.ts";

export interface ConnectionTestInit {
  /** The meeting whose handlers are tried. Nothing of it is used. */
  readonly meetingId: string;
  readonly leases: LiveStore["leases"];
  readonly links: ActorRef<typeof HandlerLinks>;
  /** Called once, when the test is over and its router is closed. */
  readonly onEnd: () => void;
}

type Refused = Failure<"not_found" | "rejected" | "unavailable" | "exhausted">;
type In<N extends keyof typeof ConnectionTest> = Body<typeof ConnectionTest, N>;

/** A router of the test's own on a handler. */
interface Site {
  readonly control: ActorRef<typeof MediaControl>;
  readonly routerId: string;
}

/** So long a test may take. */
const lifeMs = 20_000;
/** One pair of transports for each kind of path, and one to spare. */
const mostPairs = 4;
/** A sound and a picture. */
const mostProducers = 2;
/** The only participant of the test's router. */
const participantId = "self";
/** A router that was not closed is asked to close again so often. */
const closingTries = 3;

/**
 * Tests one client's connection to a meeting's media handler. To the handler it is a meeting of its own, with one
 * participant who receives what they send. It has few transports, and ends by itself.
 */
export class ConnectionTestActor {
  static readonly protocol = ConnectionTest;
  readonly #init: ConnectionTestInit;
  readonly #context: ActorContext<typeof ConnectionTest>;
  readonly #log;
  readonly #fence = { meeting_id: `test-${crypto.randomUUID()}`, generation: 1 };
  readonly #endMs: number;
  #site: Promise<Site | Refused> | undefined;
  /** The handlers that may have a router of this test, by their ids: one whose answer was late has one, too. */
  readonly #asked = new Map<string, ActorRef<typeof MediaControl>>();
  #pairs = 0;
  /** Of the pair of now. */
  readonly #producerIds = new Set<string>();
  #producing = 0;

  constructor(init: ConnectionTestInit, context: ActorContext<typeof ConnectionTest>) {
    this.#init = init;
    this.#context = context;
    this.#log = logger("connection_test").with({ meeting_id: init.meetingId });
    this.#endMs = context.clock.now() + lifeMs;
    context.after(lifeMs, () => context.stop());
    context.cleanup(init.onEnd);
  }

  open({ rtpCapabilities }: In<"open">, message: MessageContext) {
    if (this.#pairs >= mostPairs) return exhausted();
    const epoch = ++this.#pairs;
    this.#producerIds.clear();
    this.#producing = 0;
    return later(
      this.#take("transports.open", { epoch, rtp_capabilities: rtpCapabilities }, message).then((opened) => {
        if (opened instanceof Failure) return opened;
        const { send, recv } = opened;
        const leftMs = Math.max(0, this.#endMs - this.#context.clock.now());
        return { transports: { send, recv }, seconds_left: Math.floor(leftMs / 1_000) };
      }),
    );
  }

  connect({ transportId, dtlsParameters }: In<"connect">, message: MessageContext) {
    const step = { transport_id: transportId, dtls_parameters: dtlsParameters };
    return later(
      this.#take("transport.connect", step, message).then((done) =>
        done instanceof Failure ? done : undefined
      ),
    );
  }

  produce({ transportId, kind, source, rtpParameters }: In<"produce">, message: MessageContext) {
    if (this.#producing >= mostProducers) return exhausted();
    this.#producing++;
    const pair = this.#pairs;
    const step = { transport_id: transportId, kind, source, rtp_parameters: rtpParameters, paused: false };
    return later(this.#context.pipe(this.#take("producer.open", step, message), async (produced) => {
      if (produced instanceof Failure) return produced;
      const { producer_id } = produced;
      const back = await this.#take("consumer.open", { producer_id, paused: true }, message);
      if (back instanceof Failure) return back;
      if (pair === this.#pairs) this.#producerIds.add(producer_id);
      const { consumer_id, rtp_parameters } = back;
      const consumer = {
        consumer_id,
        producer_id,
        participant_id: participantId,
        kind,
        source,
        rtp_parameters,
      };
      return { producerId: producer_id, consumer: { ...consumer, paused: false } };
    }));
  }

  ready(_: void, message: MessageContext) {
    const resumed = [...this.#producerIds].map((producer_id) =>
      this.#take("consumer.set", { producer_id, paused: false }, message)
    );
    return later(
      Promise.all(resumed).then((outcomes) => outcomes.find((one) => one instanceof Failure)),
    );
  }

  /** The client sees for itself what becomes of its media. */
  reported(): void {}

  async onStop(): Promise<void> {
    await this.#site;
    if (this.#asked.size === 0) return;
    await Promise.all([...this.#asked.values()].map((control) => this.#close(control)));
    const over = { meetingId: this.#fence.meeting_id, routing: this.#context.self };
    const told = this.#init.links.tell("forget", over);
    if (told !== "accepted") this.#log.warn("the links were not told that a test is over", { told });
  }

  async #close(control: ActorRef<typeof MediaControl>): Promise<void> {
    for (let tries = 0; tries < closingTries; tries++) {
      const closed = await this.#context.ask(control, "close", this.#fence);
      // A handler that doesn't know it has closed it, or never opened it; one whose link is down closes it by itself.
      if (closed.ok || closed.error.code === "not_found" || closed.error.code === "unreachable") return;
      this.#log.warn("a test's router was not closed", { code: closed.error.code });
    }
  }

  /** Takes one step in the test's router, which is opened for the first. */
  async #take<N extends MediaStepName>(
    name: N,
    rest: StepRest<N>,
    message: MessageContext,
  ): Promise<StepDone<N> | Refused> {
    this.#site ??= this.#openSite();
    const site = await this.#site;
    if (site instanceof Failure) {
      this.#site = undefined;
      return site;
    }
    const step = participantStep(name, site.routerId, participantId, rest);
    const applied = await message.ask(site.control, "apply", { ...this.#fence, batch: null, steps: [step] });
    if (!applied.ok) return unavailable();
    const result = stepResult<N>(applied.value.outcomes[0]);
    return result instanceof Failure && result.code === "unavailable" ? unavailable() : result;
  }

  async #openSite(): Promise<Site | Refused> {
    const { meetingId, leases, links } = this.#init;
    const lease = await this.#context.ask(leases, "lease", { meeting_id: meetingId });
    if (!lease.ok || lease.value === null) return unavailable();
    for (const handler of lease.value.handlers) {
      const opened = await openOnHandler(this.#context, {
        handler,
        fence: this.#fence,
        links,
        routing: this.#context.self,
      });
      if ("control" in opened) this.#asked.set(handler.id, opened.control);
      const routerId = opened.kind === "opened" ? opened.inventory.routers[0]?.router_id : undefined;
      if (opened.kind === "opened" && routerId !== undefined) return { control: opened.control, routerId };
    }
    return unavailable();
  }
}

function unavailable() {
  return fail("unavailable", "No media server of this meeting takes a test now. Try again in a minute.");
}

function exhausted() {
  return fail("exhausted", "This test has used up its transports or producers. Start another one.");
}
