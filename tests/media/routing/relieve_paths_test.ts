import { assert, assertEquals } from "@std/assert";
import * as mediasoup from "mediasoup";
import type { LinkSample } from "../../../media/congestion/congestion.ts";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { relievePaths, samplePaths } from "../../../media/routing/relieve_paths.ts";
import type { RouterStep } from "../../../media/routing/steps/step_site.ts";
import { takeSteps } from "../../../media/routing/steps/take_steps.ts";
import { stepsOn } from "../fixtures/open_meeting.ts";
import { simulcastParameters } from "../fixtures/rtp.ts";
import { aStepSite } from "../fixtures/step_site.ts";
import { workerFile } from "../fixtures/worker_file.ts";

/**
 * Bob receives Ada's camera, which is on, and those of `off` others, which are off and go before hers. Their senders name
 * these bitrates of its layers. Eve's goes before hers, too, and is on; it is there where she names some.
 */
async function watching(off: number, bitrates: readonly number[] = [], evesBitrates?: readonly number[]) {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
  const webRtcServer = await worker.createWebRtcServer({
    listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }],
  });
  const site = aStepSite({ router, webRtcServer });
  const { media } = site;
  const steps = stepsOn("router");
  const take = async (step: RouterStep) => {
    const [outcome] = await takeSteps(site, [step]);
    assert(outcome?.ok, JSON.stringify(outcome));
    return outcome;
  };
  await take(steps.transports("bob"));
  const watch = async (sender: string, paused: boolean, priority: number, named = bitrates) => {
    const opened = await take(steps.transports(sender));
    assert(opened.step === "transports.open");
    const { encodings = [], ...parameters } = simulcastParameters("1");
    const layers = encodings.map((encoding, index) => {
      const maxBitrate = named[index];
      return maxBitrate === undefined ? encoding : { ...encoding, maxBitrate };
    });
    const camera = {
      ...steps.video(sender, opened.send.id),
      rtp_parameters: { ...parameters, encodings: layers },
      paused,
    };
    const produced = await take(camera);
    assert(produced.step === "producer.open");
    await take({ ...steps.consume("bob", produced.producer_id), paused: false, priority });
  };
  await watch("ada", false, 100);
  if (evesBitrates !== undefined) await watch("eve", false, 200, evesBitrates);
  for (let index = 0; index < off; index++) await watch(`other-${index}`, true, 200);
  const pair = media.participants.get("bob")?.current;
  assert(pair !== undefined);
  const [ada, ...others] = [...pair.consumers.values()];
  assert(ada !== undefined);
  return {
    pair,
    ada,
    others,
    take,
    /** Measures bob's path, and acts on it, as of this moment. */
    async look(nowMs: number) {
      Object.defineProperty(pair.recv, "dtlsState", { value: "connected" });
      await relievePaths(await samplePaths(media), nowMs, { note: () => {} });
    },
    relieve: (sample: LinkSample, nowMs: number) =>
      relievePaths([{ participantId: "bob", pair, sample }], nowMs, { note: () => {} }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
      worker.close();
      await closed;
    },
  };
}

/** What becomes of Ada's picture, and at most of the others', on a path that is cut for a while. */
async function cut(off: number) {
  await using watched = await watching(off);
  const { pair, ada, others, relieve } = watched;
  const course: [phase: string, maxLayer: number][] = [];
  let most = 0;
  for (let nowMs = 0; nowMs <= 30_000; nowMs += 200) {
    const isCut = nowMs >= 6_000 && nowMs < 7_600;
    await relieve({ loss: isCut ? 0.5 : 0, sentBitrate: 1_200_000, estimate: Infinity }, nowMs);
    const { phase } = pair.congestion;
    course.push([phase, ada.forwarding.maxLayer]);
    if (phase !== "free") most = Math.max(most, ...others.map(({ forwarding }) => forwarding.maxLayer));
  }
  return { course, most };
}

Deno.test("relieving a path › cameras that are switched off take nothing of what it carries", async () => {
  const alone = await cut(0);
  assert(alone.course.some(([phase]) => phase === "draining"), "the path was never found to be thin");
  assertEquals((await cut(9)).course, alone.course);
});

Deno.test("relieving a path › a camera that is switched on while the path is thin begins with its smallest layer", async () => {
  assertEquals((await cut(2)).most, 0);
});

Deno.test("relieving a path › a sender who names no bits for a layer keeps no path at nothing that was cut for a while", async () => {
  await using watched = await watching(0, [0, 500_000, 1_500_000]);
  const { pair, relieve } = watched;
  for (let nowMs = 0; nowMs <= 120_000; nowMs += 200) {
    const isCut = nowMs >= 6_000 && nowMs < 10_000;
    await relieve({ loss: isCut ? 1 : 0, sentBitrate: 1_200_000, estimate: Infinity }, nowMs);
    if (nowMs === 8_000) assertEquals(pair.congestion.phase, "limited");
  }
  assertEquals(pair.congestion.phase, "free");
});

for (const named of [4_000_000_000, 3_000_000, 150_000, 1]) {
  Deno.test(`relieving a path › a sender who names ${named} bits for each layer takes no thin path from others`, async () => {
    await using watched = await watching(0, [150_000, 500_000, 1_500_000], [named, named, named]);
    const { ada, others: [eve], relieve } = watched;
    assert(eve !== undefined);
    const carried = 400_000;
    const bitrateOf = ({ forwarding: { maxLayer } }: typeof ada, layers: readonly number[]) =>
      maxLayer < 0 ? 0 : layers[Math.min(maxLayer, 2)] ?? 0;
    eve.published.bitrates = [100_000, 300_000, 1_500_000];
    let seen = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 200) {
      const sentBitrate = bitrateOf(eve, eve.published.bitrates) +
        bitrateOf(ada, [150_000, 500_000, 1_500_000]);
      const isCut = nowMs >= 6_000 && sentBitrate > carried;
      await relieve({ loss: isCut ? 1 - carried / sentBitrate : 0, sentBitrate, estimate: Infinity }, nowMs);
      if (nowMs >= 20_000 && ada.forwarding.maxLayer >= 0) seen++;
    }
    assert(seen > 150, `Ada was seen in ${seen} of 200 samples`);
  });
}

Deno.test("relieving a path › a loss from before a pause lowers no limit ten minutes later, and one that lasts does", async () => {
  await using watched = await watching(0);
  const { pair, ada, take, look, relieve } = watched;
  const calm = { loss: 0, sentBitrate: 1_200_000, estimate: Infinity };
  for (let nowMs = 0; nowMs <= 6_000; nowMs += 200) await relieve(calm, nowMs);
  await relieve({ ...calm, loss: 0.5 }, 6_200);
  for (let nowMs = 6_400; nowMs <= 10_400; nowMs += 200) await relieve(calm, nowMs);
  assertEquals(pair.congestion.phase, "limited");
  const of = { router_id: "router", participant_id: "bob", producer_id: ada.consumer.producerId };
  await take({ step: "consumer.set", ...of, paused: true });
  for (const nowMs of [10_600, 606_200]) await look(nowMs);
  await take({ step: "consumer.set", ...of, paused: false });
  const phases: string[] = [];
  for (const afterMs of [0, 200, 1_800, 3_200]) {
    await relieve({ ...calm, loss: 0.5 }, 606_400 + afterMs);
    phases.push(pair.congestion.phase);
  }
  assertEquals(phases, ["limited", "limited", "limited", "draining"]);
});

for (const pause of ["consumer.set", "consumer.close"] as const) {
  Deno.test(`relieving a path › a loss from before a pause (${pause}) withholds nothing ten minutes later`, async () => {
    await using watched = await watching(0);
    const { pair, ada, take, look, relieve } = watched;
    for (let nowMs = 0; nowMs <= 6_000; nowMs += 200) {
      await relieve({ loss: 0, sentBitrate: 1_200_000, estimate: Infinity }, nowMs);
    }
    const losing = { loss: 0.5, sentBitrate: 100_000, estimate: Infinity };
    await relieve(losing, 6_200);
    const of = { router_id: "router", participant_id: "bob", producer_id: ada.consumer.producerId };
    await take(pause === "consumer.set" ? { step: pause, ...of, paused: true } : { step: pause, ...of });
    await look(6_400);
    await take(
      pause === "consumer.set"
        ? { step: pause, ...of, paused: false }
        : { step: "consumer.open", ...of, paused: false },
    );
    // Until there are new reports, the last loss stands.
    const phases: string[] = [];
    for (const afterMs of [0, 200, 1_800]) {
      await relieve(losing, 606_400 + afterMs);
      phases.push(pair.congestion.phase);
    }
    assertEquals(phases, ["free", "free", "free"]);
  });
}
