/** One way to break a rule: texts of `shared/actor/` and what they become. */
export interface Mutation {
  readonly rule: string;
  readonly what: string;
  /** File, text that occurs in it once, and what replaces it. */
  readonly edits: readonly (readonly [file: string, find: string, replace: string])[];
}

/** Each rule broken at least once. */
export const mutations: readonly Mutation[] = [
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
  {
    rule: "A7",
    what: "restarts are never too many",
    edits: [["supervision.ts", "if (this.#restarts.length >= maxRestarts) return null;", ""]],
  },
  {
    rule: "A7",
    what: "no back-off",
    edits: [["supervision.ts", "return delayMs * (0.5 + this.random() / 2);", "return 0;"]],
  },
  {
    rule: "A7",
    what: "all-for-one is one-for-one",
    edits: [[
      "supervisor.ts",
      'this.#grouping === "all-for-one" ? this.#children.keys() : [child]',
      "[child]",
    ]],
  },
  {
    rule: "A7",
    what: "`ignore` restarts",
    edits: [["supervisor.ts", "child.resume() ? undefined :", "child.id === '' ? undefined :"]],
  },
  {
    rule: "A7",
    what: "`escalate` stays here",
    edits: [["supervisor.ts", "    this.#escalate(error, child);\n", ""]],
  },
  {
    rule: "A7",
    what: "a second failure in one back-off begins a life beside the first",
    edits: [
      [
        "local_cell.ts",
        '    this.#state = "restarting";\n    this.#backoff?.cancel();\n',
        '    this.#state = "restarting";\n',
      ],
      ["local_cell.ts", "|| restart !== this.#restarts", ""],
    ],
  },
  {
    rule: "A8",
    what: "a crash fails what waits",
    edits: [[
      "local_cell.ts",
      "const restart = ++this.#restarts;",
      'this.settleAll("crashed"); const restart = ++this.#restarts;',
    ]],
  },
  {
    rule: "A8",
    what: "a crash of a Worker fails what was not posted",
    edits: [[
      "worker_cell.ts",
      "    this.outbox.detach();\n",
      '    this.outbox.detach(); this.outbox.end("stopped", "crashed");\n',
    ]],
  },
  {
    rule: "A8",
    what: "`restarting` isn't told",
    edits: [[
      "local_cell.ts",
      'return this.#state === "restarting" ? "restarting" : "overloaded";',
      'return "overloaded";',
    ]],
  },
  {
    rule: "A9",
    what: "the oldest child stops first",
    edits: [[
      "supervisor.ts",
      "for (const child of [...this.#children.keys()].reverse()) {",
      "for (const child of [...this.#children.keys()]) {",
    ]],
  },
  {
    rule: "A9",
    what: "a stop has no deadline",
    edits: [[
      "wheel_timer.ts",
      "return await Promise.race([work.then(() => true), late.promise]);",
      "return await work.then(() => true);",
    ]],
  },
  {
    rule: "A9",
    what: "a Worker that dies while it drains is waited for",
    edits: [["outbox.ts", "    this.#onSettled?.();\n    this.announceEnd", "    this.announceEnd"]],
  },
  {
    rule: "A10",
    what: "nobody is told",
    edits: [["intake.ts", "for (const watcher of watchers) queueMicrotask(() => watcher(reason));", ""]],
  },
  {
    rule: "A10",
    what: "who comes late is not told",
    edits: [["intake.ts", "      queueMicrotask(() => listener(reason));\n", ""]],
  },
  {
    rule: "A10",
    what: "ends aren't told over links",
    edits: [[
      "link.ts",
      'this.#onClose.add(ref.watch((reason) => this.#send({ t: "ended", id, reason })));',
      "",
    ]],
  },
  {
    rule: "A11",
    what: "a dead member stays",
    edits: [["pool.ts", "    member.ref = this.#spawn(member.name);\n", ""]],
  },
  {
    rule: "A11",
    what: "the load doesn't matter",
    edits: [["pool.ts", "if (rawRef(ref).load < rawRef(best).load) best = ref;", "rawRef(ref);"]],
  },
  {
    rule: "A11",
    what: "each member has one place on the ring",
    edits: [["pool.ts", "const placesPerMember = 64;", "const placesPerMember = 1;"]],
  },
  {
    rule: "A11",
    what: "members are replaced while their parent ends",
    edits: [["pool.ts", "this.#closed || this.#parent.stopping || ", ""]],
  },
  {
    rule: "A12",
    what: "timers outlive their actor",
    edits: [["life.ts", "for (const timer of this.#timers ?? []) timer.cancel();", ""]],
  },
  {
    rule: "A12",
    what: "timers don't come as messages",
    edits: [[
      "life.ts",
      "      this.#cell.control(this, turn);\n    });\n    (this.#timers",
      "      void turn();\n    });\n    (this.#timers",
    ]],
  },
  {
    rule: "A12",
    what: "a cancelled timer fires all the same",
    edits: [["timer_wheel.ts", "if (entry.slot !== due) continue;", ""]],
  },
  {
    rule: "A13",
    what: "a Worker may do all that its parent may",
    edits: [["worker_home.ts", 'permissions: "none"', 'permissions: "inherit"']],
  },
  {
    rule: "A13",
    what: "an overdue Worker is left alone",
    edits: [
      ["outbox.ts", "if (overdue) grace =", "if (overdue && overdue.graceMs < 0) grace ="],
      ["worker_cell.ts", "graceMs: home.graceMs,", "graceMs: Infinity,"],
    ],
  },
  {
    rule: "A13",
    what: "buffers are copied",
    edits: [["link.ts", "outgoing.flatMap(({ transfer }) => transfer ?? [])", "outgoing.flatMap(() => [])"]],
  },
  {
    rule: "A13",
    what: "a Worker that ends itself isn't noticed",
    edits: [["worker_host.ts", "  tellOfExits(post);\n", ""]],
  },
  {
    rule: "A13",
    what: "what a Worker posts isn't checked",
    edits: [[
      "worker_cell.ts",
      "const { data: message } = fromWorkerSchema.safeParse(data);",
      "const message = data as FromWorker;",
    ]],
  },
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
