import { assert, assertEquals } from "@std/assert";
import { type ActorRef, createScope, inWorker, valueOf } from "../../shared/actor/mod.ts";
import {
  type ControllerEntry,
  type HandlerEntry,
  LiveStore,
  LiveStoreActor,
  liveStoreHome,
  type MeetingFacts,
} from "../../shared/store/live/mod.ts";

type LiveRef = ActorRef<typeof LiveStore>;

const controller: ControllerEntry = {
  id: "mc-1",
  instance_id: "run-1",
  region: "",
  zone: "",
  endpoints: {
    control_url: "http://127.0.0.1:8083",
    shards: [{
      shard: "s0",
      signaling_url: "ws://127.0.0.1:8090/signaling",
      internal_url: "http://127.0.0.1:8090",
    }],
  },
  capacity: { meetings: 100, participants: 1000 },
  owner: "meeting",
  state: "ready",
  load: 0,
  heartbeat_ms: 1_000,
};
const handler: HandlerEntry = {
  id: "mh-1",
  instance_id: "run-1",
  region: "",
  zone: "",
  endpoints: { control_url: "http://127.0.0.1:8082", link_url: "ws://127.0.0.1:8082/link" },
  capacity: { workers: 2, transports: 100 },
  rtp_capabilities: { codecs: [] },
  owner: "media",
  state: "ready",
  load: 0.5,
  heartbeat_ms: 1_000,
};
const facts: MeetingFacts = {
  org_id: "org-1",
  meeting: {
    meeting_id: "m-1",
    code: "code-1",
    join_url: "http://localhost:8080/m/code-1",
    display_name: "Weekly",
    max_participants: 10,
    settings: { allow_guests: false, allow_external_participants: false, waiting_room: true, e2ee: false },
    status: "scheduled",
    created_at: "2026-01-01T00:00:00.000Z",
  },
};
const place = {
  meeting_id: "m-1",
  controller_id: "mc-1",
  instance_id: "run-1",
  shard: "s0",
  handlers: [{ id: "mh-1", link_url: "ws://127.0.0.1:8082/link" }],
  facts,
};
const opening = { meeting_id: "m-1", controller_id: "mc-1", instance_id: "run-1", shard: "s0" };

interface Live extends AsyncDisposable {
  readonly path: string;
  /** One more actor on the same file, in a Worker of its own as each process has it. */
  another(): Promise<LiveRef>;
}

async function live(): Promise<Live> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/live.db`;
  const scope = createScope();
  return {
    path,
    async another() {
      const ref = scope.spawn(LiveStoreActor, { path }, { home: liveStoreHome(path) });
      // A Worker's start may take long on a busy machine.
      valueOf(await ref.ask("controllers", undefined, { timeoutMs: 60_000 }));
      return ref;
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function codeOf(outcome: { ok: true } | { ok: false; error: { code: string } }): string {
  return outcome.ok ? "ok" : outcome.error.code;
}

Deno.test("live store › what one process registers, another one reads", async () => {
  await using home = await live();
  const [one, two] = [await home.another(), await home.another()];
  valueOf(await one.ask("registerController", controller));
  valueOf(await one.ask("registerHandler", handler));
  assertEquals(valueOf(await two.ask("controllers", undefined)), [controller]);
  assertEquals(valueOf(await two.ask("handlers", undefined)), [handler]);
});

Deno.test("live store › an id belongs to the client that registered it", async () => {
  await using home = await live();
  const store = await home.another();
  valueOf(await store.ask("registerController", controller));
  const taken = await store.ask("registerController", { ...controller, owner: "intruder" });
  assertEquals(codeOf(taken), "owned_by_another");
  const beat = { kind: "controller", id: "mc-1", instance_id: "run-1", load: 1, at_ms: 2_000 } as const;
  assertEquals(codeOf(await store.ask("heartbeat", { ...beat, owner: "intruder" })), "unknown");
  assertEquals(
    codeOf(await store.ask("unregister", { kind: "controller", id: "mc-1", owner: "intruder" })),
    "unknown",
  );
  assertEquals(valueOf(await store.ask("controllers", undefined)), [controller]);
  valueOf(await store.ask("unregister", { kind: "controller", id: "mc-1", owner: "meeting" }));
  assertEquals(valueOf(await store.ask("controllers", undefined)), []);
});

Deno.test("live store › a heartbeat of an older instance is unknown, its late goodbye too", async () => {
  await using home = await live();
  const store = await home.another();
  valueOf(await store.ask("registerController", controller));
  valueOf(await store.ask("registerController", { ...controller, instance_id: "run-2" }));
  const beat = { kind: "controller", id: "mc-1", owner: "meeting", load: 0.25, at_ms: 9_000 } as const;
  assertEquals(codeOf(await store.ask("heartbeat", { ...beat, instance_id: "run-1" })), "unknown");
  assertEquals(valueOf(await store.ask("heartbeat", { ...beat, instance_id: "run-2" })), { state: "ready" });
  const bye = { kind: "controller", id: "mc-1", owner: "meeting", instance_id: "run-1" } as const;
  assertEquals(codeOf(await store.ask("unregister", bye)), "unknown");
  const [entry] = valueOf(await store.ask("controllers", undefined));
  assertEquals([entry?.instance_id, entry?.load, entry?.heartbeat_ms], ["run-2", 0.25, 9_000]);
});

Deno.test("live store › an operator's drain holds against `ready`, until a new instance comes", async () => {
  await using home = await live();
  const store = await home.another();
  valueOf(await store.ask("registerHandler", handler));
  valueOf(await store.ask("drain", { kind: "handler", id: "mh-1" }));
  const beat = {
    kind: "handler",
    id: "mh-1",
    instance_id: "run-1",
    owner: "media",
    load: 0,
    at_ms: 1,
  } as const;
  assertEquals(valueOf(await store.ask("heartbeat", { ...beat, state: "ready" })), { state: "draining" });
  valueOf(await store.ask("registerHandler", handler));
  assertEquals(valueOf(await store.ask("handlers", undefined))[0]?.state, "draining");
  valueOf(await store.ask("registerHandler", { ...handler, instance_id: "run-2" }));
  assertEquals(valueOf(await store.ask("handlers", undefined))[0]?.state, "ready");
  assertEquals(codeOf(await store.ask("drain", { kind: "handler", id: "nobody" })), "unknown");
});

Deno.test("live store › of two that place a meeting at once, one wins", async () => {
  await using home = await live();
  const [one, two] = [await home.another(), await home.another()];
  for (let round = 0; round < 20; round++) {
    const meeting_id = `m-${round}`;
    const outcomes = await Promise.all([
      one.ask("assign", { ...place, meeting_id, shard: "s0", expected_generation: 0 }),
      two.ask("assign", { ...place, meeting_id, shard: "s1", expected_generation: 0 }),
    ]);
    assertEquals(outcomes.map(codeOf).toSorted(), ["changed", "ok"]);
    const won = outcomes.find((outcome) => outcome.ok);
    const lease = valueOf(await one.ask("lease", { meeting_id }));
    assert(won?.ok);
    assertEquals(won.value, lease);
  }
});

Deno.test("live store › each opening raises the generation by one, whoever opens", async () => {
  await using home = await live();
  const [one, two] = [await home.another(), await home.another()];
  const first = valueOf(await one.ask("assign", { ...place, expected_generation: 0 }));
  const opened = await Promise.all(
    Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? one : two).ask("acquire", opening)),
  );
  const generations = opened.map((outcome) => valueOf(outcome).generation).toSorted((a, b) => a - b);
  assertEquals(generations, Array.from({ length: 20 }, (_, n) => first.generation + 1 + n));
});

Deno.test("live store › a meeting opens only on the shard and instance that it was placed on", async () => {
  await using home = await live();
  const store = await home.another();
  assertEquals(codeOf(await store.ask("acquire", opening)), "not_here");
  valueOf(await store.ask("assign", { ...place, expected_generation: 0 }));
  for (const other of [{ controller_id: "mc-2" }, { instance_id: "run-2" }, { shard: "s1" }]) {
    assertEquals(codeOf(await store.ask("acquire", { ...opening, ...other })), "not_here");
  }
  const opened = valueOf(await store.ask("acquire", opening));
  assertEquals([opened.facts, opened.handlers], [facts, place.handlers]);
});

Deno.test("live store › who read an older generation can't place the meeting any more", async () => {
  await using home = await live();
  const store = await home.another();
  const placed = valueOf(await store.ask("assign", { ...place, expected_generation: 0 }));
  valueOf(await store.ask("acquire", opening));
  const late = { ...place, controller_id: "mc-2", expected_generation: placed.generation };
  assertEquals(codeOf(await store.ask("assign", late)), "changed");
  const moved = valueOf(await store.ask("assign", { ...late, expected_generation: placed.generation + 1 }));
  assertEquals([moved.controller_id, moved.generation], ["mc-2", placed.generation + 2]);
  assertEquals(valueOf(await store.ask("placed", { meeting_ids: ["m-1", "m-2"] })), [
    { meeting_id: "m-1", controller_id: "mc-2", instance_id: "run-1" },
  ]);
});

Deno.test("live store › a snapshot is fenced by the generation", async () => {
  await using home = await live();
  const store = await home.another();
  const save = (generation: number, snapshot: string) =>
    store.ask("saveSnapshot", { meeting_id: "m-1", generation, snapshot });
  assertEquals(codeOf(await save(1, "nobody's")), "fenced");
  valueOf(await store.ask("assign", { ...place, expected_generation: 0 }));
  const { generation } = valueOf(await store.ask("acquire", opening));
  valueOf(await save(generation, "first"));
  valueOf(await save(generation, "second"));
  const next = valueOf(await store.ask("acquire", opening));
  assertEquals(codeOf(await save(generation, "too late")), "fenced");
  assertEquals(valueOf(await store.ask("loadSnapshot", { meeting_id: "m-1" })), "second");
  valueOf(await save(next.generation, "third"));
  assertEquals(valueOf(await store.ask("loadSnapshot", { meeting_id: "m-1" })), "third");
});

Deno.test("live store › a released meeting is forgotten, and older openings stay fenced out of a new one", async () => {
  await using home = await live();
  const store = await home.another();
  valueOf(await store.ask("assign", { ...place, expected_generation: 0 }));
  const { generation } = valueOf(await store.ask("acquire", opening));
  valueOf(await store.ask("saveSnapshot", { meeting_id: "m-1", generation, snapshot: "old" }));
  const early = { meeting_id: "m-1", generation: generation - 1 };
  assertEquals(codeOf(await store.ask("release", early)), "fenced");
  valueOf(await store.ask("release", { meeting_id: "m-1", generation }));
  assertEquals(valueOf(await store.ask("lease", { meeting_id: "m-1" })), null);
  assertEquals(valueOf(await store.ask("loadSnapshot", { meeting_id: "m-1" })), null);
  const anew = valueOf(await store.ask("assign", { ...place, expected_generation: 0 }));
  assert(anew.generation > generation, `${anew.generation} is not above ${generation}`);
});

Deno.test("live store › new facts of a placed meeting are read by who opens it", async () => {
  await using home = await live();
  const store = await home.another();
  const changed = { ...facts, meeting: { ...facts.meeting, display_name: "Monthly" } };
  const update = { meeting_id: "m-1", facts: changed };
  assertEquals(codeOf(await store.ask("updateFacts", update)), "unknown");
  const placed = valueOf(await store.ask("assign", { ...place, expected_generation: 0 }));
  valueOf(await store.ask("updateFacts", update));
  const opened = valueOf(await store.ask("acquire", opening));
  assertEquals(opened.facts, changed);
  assertEquals(opened.generation, placed.generation + 1);
});

Deno.test("live store › a removal refuses the tokens issued until then, a ban all", async () => {
  await using home = await live();
  const store = await home.another();
  const revoked = async (sub: string, issued_ms: number) =>
    valueOf(await store.ask("revoked", { meeting_id: "m-1", sub, issued_ms }));
  assertEquals(await revoked("ann", 1_000), false);
  valueOf(await store.ask("revoke", { meeting_id: "m-1", sub: "ann", banned: false, at_ms: 5_000 }));
  assertEquals([await revoked("ann", 5_000), await revoked("ann", 5_001)], [true, false]);
  assertEquals(await revoked("bob", 1_000), false);
  valueOf(await store.ask("revoke", { meeting_id: "m-1", sub: "ann", banned: true, at_ms: 6_000 }));
  valueOf(await store.ask("revoke", { meeting_id: "m-1", sub: "ann", banned: false, at_ms: 7_000 }));
  assertEquals(await revoked("ann", 9_000_000_000_000), true);
});

Deno.test("live store › its Worker can do its work with the file's folder alone", async () => {
  await using home = await live();
  const { permissions } = liveStoreHome(home.path);
  const folder = home.path.slice(0, home.path.lastIndexOf("/"));
  assertEquals(permissions, { read: [folder], write: [folder] });
  await using scope = createScope();
  const elsewhere = `${folder}-elsewhere.db`;
  const store = scope.spawn(LiveStoreActor, { path: elsewhere }, {
    home: inWorker(liveStoreHome(home.path).module, { permissions }),
    policy: { directive: "stop" },
  });
  assertEquals(codeOf(await store.ask("controllers", undefined)) === "ok", false);
  assertEquals(await Deno.stat(elsewhere).catch((error) => error instanceof Deno.errors.NotFound), true);
});
