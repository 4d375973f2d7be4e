import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { calmSequence, forgottenIn, play, sequence } from "./support/sequence.ts";

const runs = Number(Deno.env.get("ROUTING_RUNS") ?? 300);
const fixed = Deno.env.get("ROUTING_SEED");

Deno.test(`routing, ${runs} random sequences › actual becomes wanted, however the handler misbehaves`, async () => {
  const seed = fixed === undefined ? crypto.getRandomValues(new Int32Array(1))[0] ?? 0 : Number(fixed);
  const property = fc.asyncProperty(sequence, async (one) => assertEquals(await play(one), []));
  const details = await fc.check(property, { numRuns: runs, seed });
  if (!details.failed) return;
  const why = details.errorInstance instanceof Error ? details.errorInstance.message : "";
  throw new Error(
    `Replay it with ROUTING_SEED=${details.seed}\n${fc.defaultReportMessage(details)}\n${why}`,
  );
});

Deno.test(`routing, ${runs} random sequences › what a change concerns is brought about without an inventory`, async () => {
  const property = fc.asyncProperty(calmSequence, async (one) => assertEquals(await forgottenIn(one), []));
  await fc.assert(property, { numRuns: runs });
});

/** Found by random sequences: everybody is on the one router that a handler has room for. */
const small = { seed: 1, handlers: 2, perRouter: 1, routers: 1, audibleLimit: 1 } as const;
const layout = { mode: "grid", slots: 0 } as const;

Deno.test("routing › a pipe whose ends are closed and opened again by turns is joined at last", async () => {
  const left = await play({
    ...small,
    leased: 2,
    acts: [
      { act: "join", id: "person-0", layout, region: "region of mh-2" },
      { act: "produce", id: "person-0", source: "microphone" },
      { act: "join", id: "person-1", layout, region: null },
      { act: "drain", at: 1 },
      { act: "react" },
      { act: "layout", id: "person-0", layout },
      { act: "react" },
      { act: "join", id: "person-1", layout, region: null },
    ],
  });
  assertEquals(left, []);
});

Deno.test("routing › a handler that is given up since its answers are lost keeps nothing that it opened", async () => {
  const left = await play({
    ...small,
    leased: 1,
    acts: [
      { act: "join", id: "person-0", layout, region: null },
      { act: "lose answers", at: 0, count: 3 },
      { act: "cut", at: 0, reachable: "yes" },
      { act: "wait", ms: 11_304 },
      { act: "join", id: "person-1", layout, region: null },
      { act: "produce", id: "person-0", source: "microphone" },
    ],
  });
  assertEquals(left, []);
});
