import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import * as mediasoup from "mediasoup";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { gatherTraffic } from "../../../media/telemetry/gather_traffic.ts";
import { type ProducerLevel, watchSpeakers } from "../../../media/telemetry/watch_speakers.ts";
import { audioParameters, capabilities } from "../fixtures/rtp.ts";
import { workerFile } from "../fixtures/worker_file.ts";

/** A router whose packets come from this test instead of the network. */
async function openRouter() {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
  return {
    router,
    transport: await router.createDirectTransport(),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
      worker.close();
      await closed;
    },
  };
}

/** An Opus packet whose audio level (RFC 6464) is `level` below full scale, in dB. */
function audioPacket(ssrc: number, sequence: number, level: number): Buffer {
  const packet = Buffer.alloc(12 + 8 + 40);
  const view = new DataView(packet.buffer, packet.byteOffset);
  packet[0] = 0x90;
  packet[1] = 111;
  view.setUint16(2, sequence);
  view.setUint32(4, sequence * 960);
  view.setUint32(8, ssrc);
  view.setUint16(12, 0xbede);
  view.setUint16(14, 1);
  packet[16] = 0x10;
  packet[17] = 0x80 | level;
  return packet;
}

Deno.test("speakers › each new active speaker is told, and silence", async () => {
  await using house = await openRouter();
  const { router, transport } = house;
  const [ada, bob] = [audioParameters("0"), audioParameters("1")];
  const ssrcs = [ada, bob].map(({ encodings }) => encodings?.[0]?.ssrc ?? 0);
  const producers = await Promise.all(
    [ada, bob].map((rtpParameters) => transport.produce({ kind: "audio", rtpParameters })),
  );
  const told: (string | null)[] = [];
  const heard: (readonly ProducerLevel[])[] = [];
  let wake = Promise.withResolvers<void>();
  const speakers = await watchSpeakers(router, (producerId) => {
    told.push(producerId);
    wake.resolve();
    wake = Promise.withResolvers();
  }, (levels) => void heard.push(levels));
  for (const producer of producers) speakers.add(producer);
  let sequence = 0;
  /** Sends a packet every 20 ms until the active speaker is `expected`. */
  const speak = async (levels: readonly number[], expected: string | null | undefined) => {
    for (let count = 0; told.at(-1) !== expected; count++) {
      if (count > 1_000) throw new Error(`${expected} never becomes the active speaker, after ${told}`);
      sequence++;
      producers.forEach((producer, index) => {
        producer.send(audioPacket(ssrcs[index] ?? 0, sequence, levels[index] ?? 127));
      });
      const pause = new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.race([pause, wake.promise]);
    }
  };
  const [first, second] = producers.map(({ id }) => id);
  await speak([10, 127], first);
  await speak([127, 5], second);
  await speak([127, 127], null);
  await speak([127, 5], second);
  await speak([5, 127], first);
  // Two rounds make one report of levels; silence is told at once, and once.
  assertEquals(heard.filter((levels) => levels.length === 0).length, 1);
  for (const { producerId, dbov } of heard.flat()) {
    assert(producerId === first || producerId === second);
    assert(dbov > -60 && dbov <= 0, `${dbov}`);
  }
});

Deno.test("traffic › packets are counted once, in each direction", async () => {
  await using house = await openRouter();
  const { transport, router } = house;
  const rtpParameters = audioParameters("0");
  const producer = await transport.produce({ kind: "audio", rtpParameters });
  const receiving = await router.createDirectTransport();
  const consumer = await receiving.consume({
    producerId: producer.id,
    rtpCapabilities: capabilities,
  });
  const inventory = { transports: [], producers: [producer], consumers: [consumer] };
  const send = (from: number, count: number) => {
    for (let n = from; n < from + count; n++) {
      producer.send(audioPacket(rtpParameters.encodings?.[0]?.ssrc ?? 0, n, 20));
    }
  };
  send(1, 10);
  const first = await gatherTraffic([inventory], new Map());
  assertEquals(first.traffic.packets, { in: 10, out: 10 });
  send(11, 5);
  const second = await gatherTraffic([inventory], first.memory);
  assertEquals(second.traffic.packets, { in: 5, out: 5 });
  producer.close();
  const third = await gatherTraffic([inventory], second.memory);
  assertEquals(third.traffic.packets, { in: 0, out: 0 });
  assertEquals(third.memory.size, 0);
});
