import { assert, assertEquals } from "@std/assert";
import type { MediaStep } from "../../../shared/protocol/media/steps.ts";
import { firstBatch } from "../../../meeting/routing/first_batch.ts";
import { rtpCapabilities } from "./support/samples.ts";

const router_id = "r";

function opened(participant_id: string): MediaStep {
  return { step: "transports.open", router_id, participant_id, epoch: 1, rtp_capabilities: rtpCapabilities };
}

function consumer(participant_id: string, index: number): MediaStep {
  return { step: "consumer.open", router_id, participant_id, producer_id: `p${index}` };
}

Deno.test("first batch › whoever's transports are in it has all consumers in it, too", () => {
  const people = Array.from({ length: 100 }, (_, index) => `person-${index}`);
  const consumers = people.flatMap((id) => Array.from({ length: 30 }, (_, index) => consumer(id, index)));
  const closed: MediaStep = { step: "participant.close", router_id, participant_id: "leaver" };
  const batch = firstBatch([...people.map(opened), ...consumers, closed]);
  const countOf = (name: MediaStep["step"]) => batch.filter(({ step }) => step === name).length;
  assert(countOf("transports.open") > 1 && countOf("transports.open") < people.length);
  assertEquals(countOf("consumer.open"), 30 * countOf("transports.open"));
  assertEquals(batch[0], closed);
});

Deno.test("first batch › somebody with more consumers than a message carries gets some of them", () => {
  const steps = [opened("ada"), ...Array.from({ length: 2_000 }, (_, index) => consumer("ada", index))];
  const batch = firstBatch(steps);
  assertEquals(batch, steps.slice(0, batch.length));
  assert(batch.length > 100 && batch.length < 1_000);
});
