import { routerLimits } from "../fixtures/router_limits.ts";
import { assert, assertEquals } from "@std/assert";
import { MeetingRouterActor } from "../../../media/routing/meeting_router.ts";
import { RouterEvents } from "../../../media/routing/router_events.ts";
import type { RouterStep } from "../../../media/routing/steps/step_site.ts";
import { Telemetry } from "../../../media/telemetry/telemetry_messages.ts";
import { noLoad } from "../../../media/telemetry/load.ts";
import { noTraffic } from "../../../media/telemetry/traffic.ts";
import { type RouterPlace, SfuWorker } from "../../../media/workers/worker_messages.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import type { RtpParameters } from "../../../shared/protocol/rtp.ts";
import { openRouter } from "../fixtures/direct_router.ts";
import { stepsOn } from "../fixtures/open_meeting.ts";
import { simulcastParameters, videoParameters } from "../fixtures/rtp.ts";

/** Hands out one router. */
class WorkerActor {
  static readonly protocol = SfuWorker;

  constructor(readonly place: RouterPlace) {}

  createRouter(): RouterPlace {
    return this.place;
  }

  describe() {
    return { pid: 1, port: 1 };
  }
}

class EventsActor {
  static readonly protocol = RouterEvents;

  counted(): void {}

  report(): void {}

  routerEnded(): void {}
}

class TelemetryActor {
  static readonly protocol = Telemetry;

  counted(): void {}

  workersDied(): void {}

  consumeFailures(): void {}

  reportsDropped(): void {}

  read() {
    return { load: noLoad, workers: [], traffic: noTraffic };
  }
}

/** Bob receives Ada's camera, over a path for which mediasoup has an estimate and a loss that the test sets. */
async function watchedPath(camera: RtpParameters = videoParameters("1")) {
  const kit = createTestKit(1);
  const house = await openRouter();
  const { worker, router } = house;
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }],
  });
  const scope = kit.createScope();
  const actor = scope.spawn(MeetingRouterActor, {
    meetingId: "m",
    routerId: "r",
    worker: scope.spawn(WorkerActor, { router, webRtcServer }),
    table: scope.spawn(EventsActor, undefined),
    telemetry: scope.spawn(TelemetryActor, undefined),
    ...routerLimits,
  });
  /** mediasoup takes real time, in which no virtual time passes. */
  const answered = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false;
    void work.finally(() => isDone = true);
    while (!isDone) await kit.settle();
    return await work;
  };
  const done = async (step: RouterStep) => {
    const work = actor.ask("apply", { steps: [step], room: 100, isFull: false });
    const [outcome] = valueOf(await answered(work));
    assert(outcome?.ok, JSON.stringify(outcome));
    return outcome;
  };
  const steps = stepsOn("r");
  await done(steps.transports("bob"));
  const opened = await done(steps.transports("ada"));
  assert(opened.step === "transports.open");
  const produced = await done({ ...steps.video("ada", opened.send.id), rtp_parameters: camera });
  assert(produced.step === "producer.open");
  await done({ ...steps.consume("bob", produced.producer_id), paused: false });
  const { participants } = valueOf(await answered(actor.ask("liveObjects", undefined)));
  const recv = participants.find(({ participantId }) => participantId === "bob")?.recv;
  assert(recv !== undefined);
  const path = { estimate: 2_000_000, loss: 0, samples: 0 };
  /** The least bitrates that mediasoup was told for the path. */
  const minBitrates: number[] = [];
  Object.defineProperty(recv, "setMinOutgoingBitrate", {
    value: (bitrate: number) => Promise.resolve(void minBitrates.push(bitrate)),
  });
  Object.defineProperty(recv, "dtlsState", { value: "connected" });
  Object.defineProperty(recv, "getStats", {
    value() {
      path.samples++;
      const { estimate: availableOutgoingBitrate, loss: rtpPacketLossSent } = path;
      return Promise.resolve([{ sendBitrate: 1_500_000, rtpPacketLossSent, availableOutgoingBitrate }]);
    },
  });
  return {
    path,
    minBitrates,
    /** A round of statistics has found that so much comes of each encoding of the camera. */
    async receives(...bitrates: readonly number[]): Promise<void> {
      const received = new Map([[produced.producer_id, bitrates]]);
      const name = { meetingId: "m", routerId: "r" };
      const told = actor.tell("observed", { ...name, sent: new Map(), received, changed: [], excesses: [] });
      assertEquals(told, "accepted");
      await kit.settle();
    },
    /** How often the path is measured in the next second, and so with each of these estimates. */
    async samplesOf(...estimates: readonly number[]): Promise<number[]> {
      const counts: number[] = [];
      for (const estimate of estimates) {
        path.estimate = estimate;
        path.samples = 0;
        await kit.advance(1_000);
        counts.push(path.samples);
      }
      return counts;
    },
    advance: (ms: number) => kit.advance(ms),
    async [Symbol.asyncDispose]() {
      await kit.finish(scope[Symbol.asyncDispose]());
      await house[Symbol.asyncDispose]();
    },
  };
}

Deno.test("measuring a path › it is hasty for the half second after the estimate has fallen, and for no longer", async () => {
  await using path = await watchedPath();
  await path.advance(5_000);
  const [steady, falling, fallen] = await path.samplesOf(2_000_000, 1_700_000, 1_700_000);
  assertEquals([steady, fallen], [5, 5]);
  assert(falling !== undefined && falling >= 10, `measured ${falling} times`);
});

Deno.test("measuring a path › a limit is as wide as what comes from a sender who has named nearly nothing", async () => {
  const { encodings = [], ...camera } = simulcastParameters("1");
  const named = { ...camera, encodings: encodings.map((one) => ({ ...one, maxBitrate: 1 })) };
  await using watched = await watchedPath(named);
  await watched.receives(100_000, 300_000, 1_500_000);
  await watched.advance(5_000);
  watched.path.loss = 0.2;
  await watched.advance(1_000);
  // The smallest layer, and what is left for sound.
  assertEquals(watched.minBitrates, [200_000]);
});
