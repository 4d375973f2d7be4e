import { assert, assertEquals } from "@std/assert";
import { type ActorRef, createScope, type Scope, valueOf } from "../../shared/actor/mod.ts";
import { type MeetingFacts, startLiveStore } from "../../shared/store/live/mod.ts";
import { MeetingControllerRegistryActor } from "../../global/actors/meeting_controller_registry.ts";
import { MeetingControllerRegistry } from "../../global/actors/registry_protocol.ts";
import { handlerRegistration } from "./support/controllers.ts";

type Registry = ActorRef<typeof MeetingControllerRegistry>;

interface Registries extends AsyncDisposable {
  /** The registry of one more GC on the same live store. */
  another(): Promise<Registry>;
  /** What all their clocks say, in milliseconds. */
  pass(ms: number): void;
}

async function registries(): Promise<Registries> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/live.db`;
  const scope: Scope = createScope();
  let nowMs = 1_000_000;
  return {
    async another() {
      const live = startLiveStore(scope, path);
      valueOf(await live.registrations.ask("controllers", undefined, { timeoutMs: 60_000 }));
      return scope.spawn(MeetingControllerRegistryActor, {
        live,
        heartbeatIntervalMs: 2_000,
        heartbeatTimeoutMs: 15_000,
        now: () => nowMs,
      });
    },
    pass(ms) {
      nowMs += ms;
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function facts(meeting_id: string): { facts: MeetingFacts } {
  return {
    facts: {
      org_id: "org-1",
      meeting: {
        meeting_id,
        code: `code-${meeting_id}`,
        join_url: `http://localhost:8080/m/code-${meeting_id}`,
        display_name: "Weekly",
        max_participants: 10,
        settings: {
          allow_guests: false,
          allow_external_participants: false,
          waiting_room: true,
          e2ee: false,
        },
        status: "live",
        created_at: "2026-01-01T00:00:00.000Z",
      },
    },
  };
}

async function addController(registry: Registry, id: string, instance_id = "first"): Promise<void> {
  const shard = (name: string) => ({
    shard: name,
    signaling_url: `ws://${id}/${name}`,
    internal_url: `http://${id}/${name}`,
  });
  const registration = {
    id,
    instance_id,
    region: "",
    zone: "",
    endpoints: { control_url: `http://${id}`, shards: [shard("0"), shard("1")] },
    capacity: { meetings: 10, participants: 100 },
  };
  valueOf(await registry.ask("registerController", { owner: "meeting", registration }));
}

async function addHandler(registry: Registry, id: string): Promise<void> {
  valueOf(
    await registry.ask("registerHandler", { owner: "media", registration: { ...handlerRegistration, id } }),
  );
}

Deno.test("registry › two GCs that place one meeting at once agree", async () => {
  await using all = await registries();
  const [one, two] = [await all.another(), await all.another()];
  await addHandler(one, "mh-1");
  await addController(one, "mc-1");
  await addController(two, "mc-2");
  for (let n = 0; n < 20; n++) {
    const [here, there] = await Promise.all([
      one.ask("place", facts(`m-${n}`)),
      two.ask("place", facts(`m-${n}`)),
    ]);
    assertEquals(valueOf(here).lease, valueOf(there).lease);
  }
});

Deno.test("registry › a GC that doesn't know of a restart yet doesn't take a meeting away", async () => {
  await using all = await registries();
  const [one, two] = [await all.another(), await all.another()];
  await addHandler(one, "mh-1");
  await addController(one, "mc-1");
  valueOf(await two.ask("census", undefined));
  await addController(one, "mc-1", "second");
  const placed = valueOf(await one.ask("place", facts("m-1")));
  assertEquals(placed.lease.instance_id, "second");
  assertEquals(valueOf(await two.ask("place", facts("m-1"))).lease, placed.lease);
});

Deno.test("registry › a meeting gets a handler and a backup, and keeps those that are left", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addController(registry, "mc-1");
  for (const id of ["mh-1", "mh-2", "mh-3"]) await addHandler(registry, id);
  const load = (id: string, transports: number) =>
    registry.ask("heartbeat", {
      kind: "handler",
      id,
      owner: "media",
      instance_id: "first",
      state: "ready",
      used: { transports },
    });
  for (const [id, transports] of [["mh-1", 50], ["mh-2", 10], ["mh-3", 20]] as const) {
    valueOf(await load(id, transports));
  }
  const namesOf = (lease: { handlers: { id: string }[] }) => lease.handlers.map(({ id }) => id);
  const first = valueOf(await registry.ask("place", facts("m-1")));
  assertEquals(namesOf(first.lease), ["mh-2", "mh-3"]);
  valueOf(await load("mh-2", 90));
  valueOf(await registry.ask("drain", { kind: "handler", id: "mh-3", owner: "media" }));
  await addController(registry, "mc-1", "second");
  const again = valueOf(await registry.ask("place", facts("m-1")));
  assertEquals(namesOf(again.lease), ["mh-2", "mh-1"]);
  assert(again.lease.generation > first.lease.generation);
});

Deno.test("registry › meetings spread over a controller's shards", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const counts = new Map<string, number>();
  for (let n = 0; n < 40; n++) {
    const { lease } = valueOf(await registry.ask("place", facts(`m-${n}`)));
    counts.set(lease.shard, (counts.get(lease.shard) ?? 0) + 1);
  }
  for (const shard of ["0", "1"]) assert((counts.get(shard) ?? 0) >= 10, JSON.stringify([...counts]));
});

Deno.test("registry › silence is judged by the clock, and a late heartbeat brings back", async () => {
  await using all = await registries();
  const registry = await all.another();
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  const beat = () =>
    registry.ask("heartbeat", {
      kind: "controller",
      id: "mc-1",
      owner: "meeting",
      instance_id: "first",
      state: "ready",
      used: { meetings: 0, participants: 0 },
    });
  const placed = valueOf(await registry.ask("place", facts("m-1")));
  all.pass(15_000);
  assertEquals(valueOf(await registry.ask("census", undefined)).controllers, {
    ready: 1,
    draining: 0,
    gone: 0,
  });
  assertEquals(valueOf(await registry.ask("live", { meeting_ids: ["m-1", "m-2"] })), ["m-1"]);
  all.pass(1);
  assertEquals(valueOf(await registry.ask("census", undefined)).controllers, {
    ready: 0,
    draining: 0,
    gone: 1,
  });
  assertEquals(valueOf(await registry.ask("live", { meeting_ids: ["m-1", "m-2"] })), []);
  const refused = await registry.ask("place", facts("m-1"));
  assertEquals(refused.ok ? "placed" : refused.error.code, "no_controller");
  valueOf(await beat());
  await addHandler(registry, "mh-1");
  assertEquals(valueOf(await registry.ask("place", facts("m-1"))).lease, placed.lease);
});
