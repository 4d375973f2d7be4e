import type { Mutation } from "./mutation.ts";

/** The rules of an actor's life broken: A7 to A13. */
export const lifeMutations: readonly Mutation[] = [
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
      "      this.#cell.control(this, () => outside(this.#runtime.tracer, turn));\n    });\n    (this.#timers",
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
];
