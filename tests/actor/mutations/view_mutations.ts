import type { Mutation } from "./mutation.ts";

/** The rules of what can be seen, tested and measured of actors broken: A14 to A20. */
export const viewMutations: readonly Mutation[] = [
  {
    rule: "A14",
    what: "dead letters are dropped silently",
    edits: [["runtime.ts", "      for (const observer of observers) observer.deadLetter?.(letter);\n", ""]],
  },
  {
    rule: "A14",
    what: "dead letters aren't counted",
    edits: [["runtime.ts", "      statsOf(letter.type).dead++;\n", ""]],
  },
  {
    rule: "A15",
    what: "refusals of the protocol count as successes",
    edits: [["local_cell.ts", "if (failed) this.stats.failed++;", "if (failed) this.stats.ok++;"]],
  },
  {
    rule: "A15",
    what: "a handler that ends its own life is counted twice",
    edits: [[
      "local_cell.ts",
      "    if (life.over) {\n      if (reply",
      "    if (life.over && reply === null) {\n      if (reply",
    ]],
  },
  {
    rule: "A15",
    what: "every handling is timed",
    edits: [["stats.ts", "return (ok + failed) % sampleEvery === 0;", "return ok + failed >= 0;"]],
  },
  {
    rule: "A15",
    what: "what a Worker handled isn't counted",
    edits: [["outbox.ts", "this.stats[outcome]++;", "this.stats.depth += 0;"]],
  },
  {
    rule: "A16",
    what: "messages are shared in test mode",
    edits: [["intake.ts", "return this.runtime.separated ? separate(body) : body;", "return body;"]],
  },
  {
    rule: "A16",
    what: "copies can be changed",
    edits: [["separate.ts", "  return Object.freeze(fields);", "  return fields;"]],
  },
  {
    rule: "A17",
    what: "the order of turns is not the seed's",
    edits: [["testing/seeded_dispatcher.ts", "Math.floor(random() * ready.length)", "0"]],
  },
  {
    rule: "A17",
    what: "chance is not the seed's",
    edits: [[
      "testing/test_kit.ts",
      "const random = seededRandom(seed);",
      "seededRandom(seed); const random = Math.random;",
    ]],
  },
  {
    rule: "A18",
    what: "leaving the scope doesn't drain",
    edits: [["scope.ts", "this.supervisor.stopAll(deadlineMs)", "this.supervisor.terminateAll()"]],
  },
  {
    rule: "A19",
    what: "the trace doesn't cross the link",
    edits: [["link.ts", "      trace,\n    }, letter.transfer);", "    }, letter.transfer);"]],
  },
  {
    rule: "A20",
    what: "each deadline takes a real timer",
    edits: [["timer_wheel.ts", "if (tick * tickMs < this.#wakeMs) this.#arm", "if (tick > 0) this.#arm"]],
  },
  {
    rule: "A20",
    what: "each message takes a turn of its own",
    edits: [[
      "local_cell.ts",
      "for (let n = 0; n < batch; n++) {",
      "for (let n = 0; n < Math.min(batch, 1); n++) {",
    ]],
  },
  {
    rule: "A20",
    what: "busy actors starve the event loop",
    edits: [["dispatcher.ts", "const turnsBeforeYield = 256;", "const turnsBeforeYield = Infinity;"]],
  },
];
