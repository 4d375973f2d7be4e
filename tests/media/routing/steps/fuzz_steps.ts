import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../../shared/actor/mod.ts";
import { seededRandom } from "../../../../shared/actor/testing/mod.ts";
import { mediaInventory } from "../../../../shared/protocol/media/inventory.ts";
import { type MediaStep, mediaStep, stepOutcome } from "../../../../shared/protocol/media/steps.ts";
import { startHandler } from "../../fixtures/handler.ts";
import { openMeeting } from "../../fixtures/open_meeting.ts";
import { mutate } from "../../fixtures/mutate.ts";
import { dtlsParameters } from "../../fixtures/rtp.ts";

const participants = ["ada", "bob", "cleo", "dan"];
const stepsOfABatch = 10;

/** Takes mutated steps on a real handler. Throws, with the seed, when a worker dies or an outcome is not the protocol's. */
export async function fuzzSteps(stepsInAll: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  /** Picks one of the latest entries. */
  const pick = <T>(list: readonly T[], other: T): T => {
    const last = list.slice(-12);
    return last[Math.floor(random() * last.length)] ?? other;
  };
  await using handler = await startHandler({ maxTransports: 60 });
  const { control, reports } = handler.connect("one");
  const { apply, steps, router_id, inventory } = await openMeeting(control);
  const [worker] = handler.workers;
  assert(worker);
  const { pid } = valueOf(await worker.ask("describe", undefined));
  const transports = ["nowhere"];
  /** Each participant's sending transport. */
  const sending = new Map<string, string>();
  const producers = ["nobody"];

  const valid = (): MediaStep => {
    const of = { router_id, participant_id: pick(participants, "eve") };
    const own = sending.get(of.participant_id);
    const transport_id = own !== undefined && random() < 0.8 ? own : pick(transports, "nowhere");
    const onTransport = { ...of, transport_id };
    const onProducer = { ...of, producer_id: pick(producers, "nobody") };
    const { participant_id } = of;
    const paused = random() < 0.5;
    const choices: (() => MediaStep)[] = [
      () => ({ step: "router.open" }),
      () => steps.transports(participant_id, 1 + Math.floor(random() * 3)),
      () => ({ step: "transport.connect", ...onTransport, dtls_parameters: dtlsParameters }),
      () => ({ step: "transport.restart_ice", ...onTransport }),
      () => ({ ...steps.audio(participant_id, onTransport.transport_id), paused }),
      () => ({ ...steps.video(participant_id, onTransport.transport_id), paused }),
      () => ({ step: "producer.pause", router_id, producer_id: onProducer.producer_id, paused }),
      () => ({ step: "producer.close", router_id, producer_id: onProducer.producer_id }),
      () => ({ step: "consumer.open", ...onProducer, paused, spatial_layer: 1, priority: 9 }),
      () => ({ step: "consumer.set", ...onProducer, paused, spatial_layer: 0, priority: 1 }),
      () => ({ step: "consumer.close", ...onProducer }),
      () => ({ step: "participant.close", ...of }),
    ];
    return pick(choices, () => ({ step: "router.open" }))();
  };
  /** A mutated step that still matches the schema. */
  const spoilt = (): MediaStep => {
    const step = valid();
    const pool = [...participants, ...transports, ...producers];
    for (;;) {
      const parsed = mediaStep.safeParse(mutate(step, { random, pool, places: 1 }));
      if (parsed.success) return parsed.data;
    }
  };

  const seen = new Set<string>();
  for (let taken = 0; taken < stepsInAll; taken += stepsOfABatch) {
    const batch = Array.from({ length: stepsOfABatch }, spoilt);
    for (const [index, outcome] of (await apply(...batch)).entries()) {
      const told = `seed ${seed}: ${JSON.stringify(batch[index])} gave ${JSON.stringify(outcome)}`;
      assert(stepOutcome.safeParse(outcome).success, told);
      assert(!outcome.ok || outcome.step === batch[index]?.step, told);
      seen.add(outcome.ok ? outcome.step : outcome.code);
      if (!outcome.ok) continue;
      if (outcome.step === "transports.open") {
        transports.push(outcome.send.id, outcome.recv.id);
        const step = batch[index];
        if (step?.step === "transports.open") sending.set(step.participant_id, outcome.send.id);
      }
      if (outcome.step === "producer.open") producers.push(outcome.producer_id);
    }
  }
  assertEquals(valueOf(await worker.ask("describe", undefined)).pid, pid, `seed ${seed}`);
  assertEquals(reports.all.filter(({ report }) => report.report === "router.lost"), [], `seed ${seed}`);
  for (const each of ["transports.open", "producer.open", "consumer.open", "not_found", "rejected", "full"]) {
    assert(seen.has(each), `seed ${seed}: nothing came to ${each}`);
  }
  mediaInventory.parse(await inventory());
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  assert(live);
  const { load } = valueOf(await handler.table.ask("status", undefined));
  const counts = (list: readonly { readonly kind: string }[]) => ({
    audio: list.filter(({ kind }) => kind === "audio").length,
    video: list.filter(({ kind }) => kind === "video").length,
  });
  assertEquals(load, {
    transports: live.transports.length,
    producers: counts(live.producers),
    consumers: counts(live.consumers),
  }, `seed ${seed}`);
  assert([...live.transports, ...live.producers, ...live.consumers].every(({ closed }) => !closed));
}
