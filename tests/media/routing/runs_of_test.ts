import { assertEquals } from "@std/assert";
import { runsOf } from "../../../media/routing/steps/runs_of.ts";
import { joinOutcomes, splitBatch } from "../../../media/routing/split_batch.ts";
import type { MediaStep } from "../../../shared/protocol/media/steps.ts";
import { stepsOn } from "../fixtures/open_meeting.ts";

const one = stepsOn("one");
const other = stepsOn("other");

Deno.test("runs › consecutive steps of one name run together", () => {
  const steps = [
    one.transports("ada"),
    one.transports("bob"),
    one.consume("ada", "p"),
    one.consume("bob", "p"),
    one.transports("cleo"),
  ];
  assertEquals(runsOf(steps), [steps.slice(0, 2), steps.slice(2, 4), steps.slice(4)]);
  assertEquals(runsOf([]), []);
});

Deno.test("runs › two steps with one key are never under way together", () => {
  const sources = [one.audio("ada", "t"), one.video("ada", "t"), one.audio("ada", "other transport")];
  assertEquals(runsOf(sources).map(({ length }) => length), [2, 1]);
  const epochs = [one.transports("ada", 1), one.transports("bob", 1), one.transports("ada", 2)];
  assertEquals(runsOf(epochs).map(({ length }) => length), [2, 1]);
  const consumers = [one.consume("ada", "p"), one.consume("ada", "q"), one.consume("ada", "p")];
  assertEquals(runsOf(consumers).map(({ length }) => length), [2, 1]);
});

Deno.test("batches › each router gets its steps in order, and the outcomes are in the order of the batch", () => {
  const steps: MediaStep[] = [
    other.transports("ada"),
    { step: "router.open" },
    one.transports("bob"),
    other.consume("ada", "p"),
  ];
  const { parts, opens } = splitBatch(steps);
  assertEquals(parts, [
    { routerId: "other", steps: [other.transports("ada"), other.consume("ada", "p")], indexes: [0, 3] },
    { routerId: "one", steps: [one.transports("bob")], indexes: [2] },
  ]);
  assertEquals(opens, [1]);
  const refused = (message: string) => ({ ok: false as const, code: "full" as const, message });
  const joined = joinOutcomes([
    { indexes: [1], outcomes: [refused("1")] },
    { indexes: [2], outcomes: [refused("2")] },
    { indexes: [0, 3], outcomes: [refused("0"), refused("3")] },
  ]);
  assertEquals(joined.map((outcome) => outcome.ok ? "" : outcome.message), ["0", "1", "2", "3"]);
});
