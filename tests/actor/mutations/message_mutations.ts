import type { Mutation } from "./mutation.ts";

/** The rules of a message broken: A1 to A6. */
export const messageMutations: readonly Mutation[] = [
  {
    rule: "A1",
    what: "the next message starts while a handler runs",
    edits: [
      ["local_cell.ts", "      if (this.#busy) return false;\n", ""],
      ["local_cell.ts", "if (this.#queued || this.#busy) return;", "if (this.#queued) return;"],
    ],
  },
  {
    rule: "A1",
    what: "an overdue handler whose failure is ignored runs beside the next",
    edits: [["local_cell.ts", "() => this.#fail(late, message))", "() => this.#crash(this.#life, late))"]],
  },
  {
    rule: "A2",
    what: "the mailbox has no bound",
    edits: [["intake.ts", "return this.mailbox.size >= this.#capacity ||", "return false &&"]],
  },
  {
    rule: "A2",
    what: "everything is posted to the other isolate at once",
    edits: [["outbox.ts", "while (this.#inFlight < this.#window)", "while (this.#inFlight < Infinity)"]],
  },
  {
    rule: "A2",
    what: "an offer doesn't wait",
    edits: [[
      "intake.ts",
      "if (this.#closed !== null || !this.#full) return Promise",
      "if (this) return Promise",
    ]],
  },
  {
    rule: "A2",
    what: "a receiver takes whatever its peer sends",
    edits: [["link.ts", "if (exposed.waiting >= maxWaiting) return ref.tell(kind, body);", ""]],
  },
  {
    rule: "A3",
    what: "timers and ends wait behind the messages",
    edits: [[
      "local_cell.ts",
      "const job = this.#control.shift();",
      "const job = this.mailbox.size > 0 ? undefined : this.#control.shift();",
    ]],
  },
  {
    rule: "A3",
    what: "a stop doesn't drain",
    edits: [[
      "local_cell.ts",
      "if (alive && !this.#hasNothingToFinish()) {",
      "if (alive && this.#busy && !alive) {",
    ]],
  },
  {
    rule: "A3",
    what: "a stop leaves the intake open",
    edits: [[
      "local_cell.ts",
      `this.#state === "starting";\n    this.closeIntake("stopped");`,
      `this.#state === "starting";`,
    ]],
  },
  {
    rule: "A4",
    what: "what waits at the end is forgotten",
    edits: [["intake.ts", "      this.abandon(letter, code);\n", ""]],
  },
  {
    rule: "A4",
    what: "what was posted is forgotten when the link closes",
    edits: [[
      "link.ts",
      'letter.expire(code, `The link went down before "${letter.name}" was answered.`);',
      "",
    ]],
  },
  {
    rule: "A4",
    what: "one message that can't be carried takes its neighbours along",
    edits: [["link.ts", "for (const one of outgoing) this.#carryAlone(one);", ""]],
  },
  {
    rule: "A4",
    what: "a silent peer is waited for",
    edits: [["websocket_link.ts", "if (runtime.clock.now() - heardMs > silenceMs) return end();", ""]],
  },
  {
    rule: "A4",
    what: "an ask that nobody answers keeps its place",
    edits: [["outbox.ts", "freesAtDeadline: this.#overdue === undefined,", "freesAtDeadline: false,"]],
  },
  {
    rule: "A5",
    what: "expired messages are handled",
    edits: [["intake.ts", "if (!letter.settled) return letter;", "if (letter !== undefined) return letter;"]],
  },
  {
    rule: "A5",
    what: "the handler's signal stays silent",
    edits: [["letter.ts", "    this.#controller?.abort(code);\n    this.onExpired", "    this.onExpired"]],
  },
  {
    rule: "A5",
    what: "a deadline isn't handed on",
    edits: [[
      "letter.ts",
      "Math.min(options.timeoutMs ?? defaultTimeoutMs, this.remainingMs)",
      "options.timeoutMs ?? 5_000",
    ]],
  },
  {
    rule: "A6",
    what: "cycles aren't looked for",
    edits: [["intake.ts", "return chain.includes(this.id);", "return chain.length > 1_000;"]],
  },
  {
    rule: "A6",
    what: "the chain isn't handed on",
    edits: [["letter.ts", "chain: reader === null ? chain : [...chain, reader.id]", "chain: []"]],
  },
  {
    rule: "A6",
    what: "another isolate's actor isn't known by its id",
    edits: [[
      "outbox.ts",
      "return super.isIn(chain) || (other !== undefined && chain.includes(other));",
      "return false;",
    ]],
  },
];
