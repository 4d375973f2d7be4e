import { assert, assertEquals } from "@std/assert";
import { type ProducerLevel, watchSpeakers } from "../../../media/telemetry/watch_speakers.ts";
import { audioPacket, openRouter } from "../fixtures/direct_router.ts";
import { audioParameters } from "../fixtures/rtp.ts";

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
  /** Sends a packet every 20 ms until it has had its effect. */
  const sound = async (levels: readonly number[], effect: string, isThere: () => boolean) => {
    for (let count = 0; !isThere(); count++) {
      if (count > 1_000) throw new Error(`${effect}: never, after ${told}`);
      sequence++;
      producers.forEach((producer, index) => {
        producer.send(audioPacket(ssrcs[index] ?? 0, sequence, levels[index] ?? 127));
      });
      const pause = new Promise((resolve) => setTimeout(resolve, 20));
      await Promise.race([pause, wake.promise]);
    }
  };
  const speak = (levels: readonly number[], expected: string | null | undefined) =>
    sound(levels, `${expected} becomes the active speaker`, () => told.at(-1) === expected);
  const [first, second] = producers.map(({ id }) => id);
  await speak([10, 127], first);
  await speak([127, 5], second);
  await speak([127, 127], null);
  await speak([127, 5], second);
  await speak([5, 127], first);
  await sound([5, 127], "the level is told", () => heard.at(-1)?.[0]?.producerId === first);
  // Silence is told once, however long it lasts. On a busy machine there may be more of it than was meant.
  const silences = heard.filter((levels) => levels.length === 0);
  const repeated = heard.filter((levels, index) => levels.length === 0 && heard[index - 1]?.length === 0);
  assertEquals([silences.length > 0, repeated], [true, []]);
  for (const { producerId, dbov } of heard.flat()) {
    assert(producerId === first || producerId === second);
    assert(dbov > -60 && dbov <= 0, `${dbov}`);
  }
});
