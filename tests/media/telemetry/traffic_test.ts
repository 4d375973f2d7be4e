import { assertEquals } from "@std/assert";
import { measure } from "../../../media/telemetry/measure.ts";
import { trafficSince } from "../../../media/telemetry/traffic.ts";
import { audioPacket, openRouter } from "../fixtures/direct_router.ts";
import { audioParameters, capabilities } from "../fixtures/rtp.ts";

Deno.test("traffic › packets are counted once, in each direction", async () => {
  await using house = await openRouter();
  const { transport, router } = house;
  const rtpParameters = audioParameters("0");
  const producer = await transport.produce({ kind: "audio", rtpParameters });
  const receiving = await router.createDirectTransport();
  const consumer = await receiving.consume({ producerId: producer.id, rtpCapabilities: capabilities });
  const live = [{
    meetingId: "m",
    routerId: "r",
    transports: [],
    producers: [producer],
    piped: [],
    consumers: [consumer],
    participants: [],
  }];
  const send = (from: number, count: number) => {
    for (let n = from; n < from + count; n++) {
      producer.send(audioPacket(rtpParameters.encodings?.[0]?.ssrc ?? 0, n, 20));
    }
  };
  send(1, 10);
  const first = await measure(live);
  assertEquals(trafficSince(first).packets, { in: 10, out: 10 });
  send(11, 5);
  const second = await measure(live);
  assertEquals(trafficSince(second, first).packets, { in: 5, out: 5 });
  assertEquals(second.consumers.get(consumer)?.packets, 15);
  assertEquals(second.consumers.get(consumer)?.layers, 1);
  producer.close();
  const third = await measure(live);
  assertEquals(trafficSince(third, second).packets, { in: 0, out: 0 });
  assertEquals([third.producers.size, third.consumers.size], [0, 0]);
});

Deno.test("traffic › a receiver that reports fewer than no packets as lost takes nothing from the count", async () => {
  await using house = await openRouter();
  const { transport } = house;
  const producer = await transport.produce({ kind: "audio", rtpParameters: audioParameters("0") });
  const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities: capabilities });
  const [stats] = await consumer.getStats();
  const reported = { ...stats, type: "outbound-rtp", packetCount: 10, packetsLost: -3 };
  Object.defineProperty(consumer, "getStats", { value: () => Promise.resolve([reported]) });
  const name = { meetingId: "m", routerId: "r" };
  const rest = { transports: [], producers: [], piped: [], participants: [] };
  const { packets, lost } = trafficSince(await measure([{ ...name, ...rest, consumers: [consumer] }]));
  assertEquals([packets.out, lost.out], [10, 0]);
});
