import { assertEquals } from "@std/assert";
import { MediaControl, MediaReports } from "../../shared/protocol/media/control.ts";
import { mediaStep, mediaSteps, stepOutcome } from "../../shared/protocol/media/steps.ts";

const fence = { meeting_id: "m", generation: 1 };

Deno.test("media steps › every step of the table is a variant, and so is its outcome", () => {
  const names = Object.keys(mediaSteps);
  const steps = mediaStep.options.map(({ shape }) => shape.step.value);
  assertEquals(steps, names);
  const [, done] = stepOutcome.options;
  assertEquals(done.options.map(({ shape }) => shape.step.value), names);
});

Deno.test("media steps › a batch with an unknown step is refused whole", () => {
  const apply = MediaControl.apply.input;
  const known = { step: "producer.close", router_id: "r", producer_id: "p" };
  assertEquals(apply.safeParse({ ...fence, batch: 1, steps: [known] }).success, true);
  assertEquals(apply.safeParse({ ...fence, batch: 1, steps: [known, { step: "no.such" }] }).success, false);
  assertEquals(apply.safeParse({ ...fence, batch: -1, steps: [known] }).success, false);
});

Deno.test("media steps › a refused step has a code, a taken one its result", () => {
  const refused = { ok: false, code: "rejected", message: "no" };
  const opened = { ok: true, step: "producer.open", producer_id: "p" };
  assertEquals(stepOutcome.parse(refused), refused as ReturnType<typeof stepOutcome.parse>);
  assertEquals(stepOutcome.parse(opened), opened as ReturnType<typeof stepOutcome.parse>);
  assertEquals(stepOutcome.safeParse({ ok: true, step: "producer.open" }).success, false);
});

Deno.test("media reports › an empty list is refused", () => {
  assertEquals(MediaReports.report.input.safeParse({ meeting_id: "m", reports: [] }).success, false);
});
