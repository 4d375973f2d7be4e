import { assertEquals } from "@std/assert";
import { createMediaMetrics } from "../../../media/metrics.ts";
import type { Excess } from "../../../media/telemetry/bandwidth.ts";
import type { LiveObjects } from "../../../media/telemetry/live_objects.ts";
import { TelemetryAggregatorActor } from "../../../media/telemetry/telemetry_aggregator.ts";
import { LiveSource } from "../../../media/telemetry/telemetry_messages.ts";
import { type Body, fail, type Failure } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { openRouter } from "../fixtures/direct_router.ts";
import { audioParameters, capabilities } from "../fixtures/rtp.ts";

interface Source {
  readonly live: readonly LiveObjects[];
  readonly excesses: Excess[];
  readonly answers: () => boolean;
}

/** Has these objects, tells them where it answers, and gathers the excesses that it is told. */
class SourceActor {
  static readonly protocol = LiveSource;

  constructor(readonly of: Source) {}

  liveObjects(): readonly LiveObjects[] | Failure<"unavailable"> {
    return this.of.answers() ? this.of.live : fail("unavailable", "A router does not answer");
  }

  observed(observations: Body<typeof LiveSource, "observed">): void {
    this.of.excesses.push(...observations.flatMap(({ excesses }) => excesses));
  }
}

/** What mediasoup is to answer of Ada's transport and of what she is sent. */
interface Answers {
  /** What is said of the transport, over which 4 Mbit/s come in. */
  readonly ofTransport?: (stats: object) => Promise<readonly object[]>;
  readonly ofConsumer?: () => Promise<readonly object[]>;
  /** Whether all routers answer. */
  readonly answers?: () => boolean;
}

/** A telemetry with a round every five seconds, in which Ada may send 1 Mbit/s. */
async function startTelemetry(
  kit: ReturnType<typeof createTestKit>,
  {
    ofTransport = (stats) => Promise.resolve([stats]),
    ofConsumer = () => Promise.resolve([]),
    answers = () => true,
  }: Answers,
) {
  const house = await openRouter();
  const { worker, router, transport: direct } = house;
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }],
  });
  const transport = await router.createWebRtcTransport({ webRtcServer });
  const producer = await direct.produce({ kind: "audio", rtpParameters: audioParameters("0") });
  const consumer = await direct.consume({ producerId: producer.id, rtpCapabilities: capabilities });
  const stats = {
    get timestamp() {
      return kit.clock.now();
    },
    get bytesReceived() {
      return 500 * kit.clock.now();
    },
  };
  Object.defineProperty(transport, "getStats", { value: () => ofTransport(stats) });
  Object.defineProperty(consumer, "getStats", { value: ofConsumer });
  const of = {
    live: [{
      meetingId: "m",
      routerId: "r",
      transports: [transport],
      producers: [],
      piped: [],
      consumers: [consumer],
      participants: [{
        participantId: "ada",
        sending: { sharesScreen: false, transports: [transport], producers: [] },
        send: transport,
        recv: transport,
        producers: [],
        received: [],
      }],
    }],
    excesses: [],
    answers,
  };
  const scope = kit.createScope();
  const metrics = createMediaMetrics();
  const source = scope.spawn(SourceActor, of);
  scope.spawn(TelemetryAggregatorActor, {
    metrics,
    periodMs: 5_000,
    bandwidth: { bitrate: 1_000_000, bitrateWithScreen: 1_000_000 },
    source: () => source,
  });
  return {
    excesses: of.excesses,
    async bytesIn() {
      const counted = await metrics.registry.getSingleMetricAsString("mh_bytes_total");
      return Number(/direction="in"\} (\d+)/.exec(counted)?.[1]);
    },
    async [Symbol.asyncDispose]() {
      await kit.finish(scope.close());
      await house[Symbol.asyncDispose]();
    },
  };
}

const tooMuch = { participant_id: "ada", bitrate_bps: 4_000_000, allowed_bps: 1_000_000 };

Deno.test("telemetry › a bitrate is the same however long the rounds before and after it take", async () => {
  const kit = createTestKit(1);
  // A worker that is slow in the first round.
  const roundsMs = [2_000, 200];
  await using telemetry = await startTelemetry(kit, {
    ofConsumer: () => new Promise((resolve) => kit.clock.set(() => resolve([]), roundsMs.shift() ?? 0)),
  });
  await kit.advance(13_000);
  assertEquals<unknown>(telemetry.excesses, [{ ...tooMuch, closed: false }]);
});

Deno.test("telemetry › a bitrate is the same however long a worker takes to say what came in", async () => {
  const kit = createTestKit(1);
  const roundsMs = [0, 2_000];
  await using telemetry = await startTelemetry(kit, {
    ofTransport: (stats) =>
      new Promise((resolve) => kit.clock.set(() => resolve([stats]), roundsMs.shift() ?? 0)),
  });
  await kit.advance(13_000);
  assertEquals<unknown>(telemetry.excesses, [{ ...tooMuch, closed: false }]);
});

Deno.test("telemetry › after a failure the rounds go on, and nothing is counted twice", async () => {
  const kit = createTestKit(1);
  const stream = { type: "outbound-rtp", packetCount: 0, packetsLost: 0, bitrate: 0, score: 10 };
  // No histogram takes the second round trip.
  const roundTrips = [0, Infinity];
  await using telemetry = await startTelemetry(kit, {
    ofConsumer: () => Promise.resolve([{ ...stream, roundTripTime: roundTrips.shift() ?? 0 }]),
  });
  await kit.advance(21_000);
  assertEquals<unknown>(telemetry.excesses, [{ ...tooMuch, closed: false }]);
  assertEquals(await telemetry.bytesIn(), 5_000_000);
});

Deno.test("telemetry › while a router doesn't answer nobody is judged, and nothing counts twice afterwards", async () => {
  const kit = createTestKit(1);
  const rounds = [true, true, false, true];
  await using telemetry = await startTelemetry(kit, { answers: () => rounds.shift() ?? true });
  await kit.advance(21_000);
  assertEquals<unknown>(telemetry.excesses, [{ ...tooMuch, closed: false }]);
  assertEquals(await telemetry.bytesIn(), 7_500_000);
});
