import { assertEquals } from "@std/assert";
import { createMediaMetrics } from "../../../media/metrics.ts";
import type { Excess } from "../../../media/telemetry/bandwidth.ts";
import type { LiveObjects } from "../../../media/telemetry/live_objects.ts";
import { TelemetryAggregatorActor } from "../../../media/telemetry/telemetry_aggregator.ts";
import { LiveSource } from "../../../media/telemetry/telemetry_messages.ts";
import type { Body } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { openRouter } from "../fixtures/direct_router.ts";
import { audioParameters, capabilities } from "../fixtures/rtp.ts";

/** Has these objects, and gathers the excesses that it is told. */
class SourceActor {
  static readonly protocol = LiveSource;

  constructor(readonly of: { readonly live: readonly LiveObjects[]; readonly excesses: Excess[] }) {}

  liveObjects(): readonly LiveObjects[] {
    return this.of.live;
  }

  observed(observations: Body<typeof LiveSource, "observed">): void {
    this.of.excesses.push(...observations.flatMap(({ excesses }) => excesses));
  }
}

Deno.test("telemetry › a bitrate is the same however long the rounds before and after it take", async () => {
  await using house = await openRouter();
  const { worker, router, transport: direct } = house;
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }],
  });
  const transport = await router.createWebRtcTransport({ webRtcServer });
  const producer = await direct.produce({ kind: "audio", rtpParameters: audioParameters("0") });
  const consumer = await direct.consume({ producerId: producer.id, rtpCapabilities: capabilities });
  const kit = createTestKit(1);
  // 4 Mbit/s, and a worker that is slow in the first round.
  const transportStats = () => Promise.resolve([{ bytesReceived: 500 * kit.clock.now() }]);
  const roundsMs = [2_000, 200];
  const consumerStats = () =>
    new Promise((resolve) => kit.clock.set(() => resolve([]), roundsMs.shift() ?? 0));
  Object.defineProperty(transport, "getStats", { value: transportStats });
  Object.defineProperty(consumer, "getStats", { value: consumerStats });
  const of = {
    live: [{
      meetingId: "m",
      routerId: "r",
      transports: [transport],
      producers: [],
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
  };
  const scope = kit.createScope();
  const telemetry = scope.spawn(TelemetryAggregatorActor, {
    metrics: createMediaMetrics(),
    periodMs: 5_000,
    bandwidth: { bitrate: 1_000_000, bitrateWithScreen: 1_000_000 },
  });
  telemetry.tell("watch", { source: scope.spawn(SourceActor, of) });
  await kit.advance(13_000);
  assertEquals<unknown>(of.excesses, [
    { participant_id: "ada", bitrate_bps: 4_000_000, allowed_bps: 1_000_000, closed: false },
  ]);
  await kit.finish(scope.close());
});
