import { type ActorRef, createScope, valueOf } from "../../../shared/actor/mod.ts";
import { createTestKit, type TestKit } from "../../../shared/actor/testing/mod.ts";
import { defaultMeetingSettings } from "../../../shared/protocol/mod.ts";
import {
  type LiveStore,
  type LiveStoreLocation,
  type MeetingFacts,
  startLiveStore,
} from "../../../shared/store/live/mod.ts";
import { MeetingControllerRegistryActor } from "../../../global/placement/meeting_controller_registry.ts";
import type { MeetingControllerRegistry, RegistryInit } from "../../../global/placement/registry_protocol.ts";
import { handlerRegistration } from "./controllers.ts";

export type Registry = ActorRef<typeof MeetingControllerRegistry>;

export interface Registries extends AsyncDisposable {
  /** Time stands still until it is told to advance. */
  readonly kit: TestKit;
  /** The registry of one more GC on the same live store. */
  another(options?: RegistryOptions): Promise<Registry>;
  /** What the wall clocks say from now on, while no timer fires: the machine slept. */
  sleep(ms: number): void;
}

export interface RegistryOptions {
  readonly region?: string;
  readonly zone?: string;
  /** Whether a controller takes a meeting, by its shard's internal URL; all do unless given. */
  readonly takes?: (internalUrl: string) => boolean;
  /** The same for one that may take its time. */
  readonly offer?: RegistryInit["offer"];
  /** The name that the database has for the meetings, each time that it is read. */
  readonly storedName?: () => string;
  /** When the database says that all meetings were made. */
  readonly createdAt?: string;
  /** Called with the name that a shard is told to give a meeting. */
  readonly onRenamed?: (internalUrl: string, name: string) => void;
  /** What stands between the registry and the live store. */
  readonly between?: (live: LiveStore) => LiveStore;
}

/** Registries of several GCs over one real live store: in a file unless told. */
export async function registries(location?: LiveStoreLocation): Promise<Registries> {
  const folder = await Deno.makeTempDir();
  const stores = createScope();
  const kit = createTestKit(1);
  const scope = kit.createScope();
  let sleptMs = 1_000_000;
  /** What the database of all GCs has. */
  const terms = new Map<string, number>();
  return {
    kit,
    async another(
      {
        region = "",
        zone = "",
        takes = () => true,
        offer = ({ internalUrl }) => Promise.resolve(takes(internalUrl) ? "accepted" : "refused"),
        storedName = () => "Weekly",
        createdAt = "2026-01-01T00:00:00.000Z",
        onRenamed = () => {},
        between = (live) => live,
      }: RegistryOptions = {},
    ) {
      const live = startLiveStore(stores, location ?? { kind: "sqlite", path: `${folder}/live.db` });
      valueOf(await live.registrations.ask("controllers", undefined, { timeoutMs: 60_000 }));
      return scope.spawn(MeetingControllerRegistryActor, {
        live: between(live),
        locality: { region, zone },
        offer,
        raiseTerm(meetingId) {
          const term = (terms.get(meetingId) ?? 0) + 1;
          terms.set(meetingId, term);
          return Promise.resolve(term);
        },
        storedFacts: (meetingId) => Promise.resolve(factsOf(meetingId, storedName(), createdAt)),
        tellFacts: ({ internalUrl }, { meeting }) =>
          Promise.resolve(onRenamed(internalUrl, meeting.display_name)),
        heartbeatIntervalMs: 2_000,
        heartbeatTimeoutMs: 15_000,
        now: () => sleptMs + kit.clock.now(),
      });
    },
    sleep(ms) {
      sleptMs += ms;
    },
    async [Symbol.asyncDispose]() {
      await scope.close();
      await stores.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A registry with its live store, for what is done past it. */
export async function registryAndStore(
  all: Registries,
): Promise<{ readonly registry: Registry; readonly live: LiveStore }> {
  const opened = Promise.withResolvers<LiveStore>();
  const registry = await all.another({
    between(live) {
      opened.resolve(live);
      return live;
    },
  });
  return { registry, live: await opened.promise };
}

function factsOf(meeting_id: string, display_name: string, created_at: string): MeetingFacts {
  return {
    org_id: "org-1",
    meeting: {
      meeting_id,
      code: `code-${meeting_id}`,
      join_url: `http://localhost:8080/m/code-${meeting_id}`,
      display_name,
      max_participants: 10,
      settings: defaultMeetingSettings,
      status: "live",
      created_at,
    },
  };
}

/** A controller of two shards, which just reported. */
export async function addController(
  registry: Registry,
  id: string,
  { instance_id = "first", region = "", zone = "", meetings = 100 } = {},
): Promise<void> {
  const shard = (name: string) => ({
    shard: name,
    signaling_url: `ws://${id}/${name}`,
    internal_url: `http://${id}/${name}`,
  });
  const registration = {
    id,
    instance_id,
    region,
    zone,
    endpoints: { control_url: `http://${id}`, shards: [shard("0"), shard("1")] },
    capacity: { meetings, participants: 1_000 },
  };
  valueOf(await registry.ask("registerController", { owner: "meeting", registration }));
}

export async function addHandler(
  registry: Registry,
  id: string,
  locality: { region?: string; zone?: string } = {},
): Promise<void> {
  valueOf(await tryToAddHandler(registry, id, "media", locality));
}

/** A handler that registers with the token of this client; it may be refused. */
export function tryToAddHandler(
  registry: Registry,
  id: string,
  owner: string,
  changed: Partial<typeof handlerRegistration> = {},
) {
  return registry.ask("registerHandler", { owner, registration: { ...handlerRegistration, ...changed, id } });
}

/** A controller's or handler's heartbeat, `used` of its capacity. */
export async function beat(
  registry: Registry,
  kind: "controller" | "handler",
  id: string,
  used: Readonly<Record<string, number>> = {},
): Promise<"ready" | "draining"> {
  return valueOf(await tryToBeat(registry, kind, id, used)).state;
}

/** The same, which may be refused. */
export function tryToBeat(
  registry: Registry,
  kind: "controller" | "handler",
  id: string,
  used: Readonly<Record<string, number>> = {},
) {
  const owner = kind === "controller" ? "meeting" : "media";
  const body = { kind, id, owner, instance_id: "first", state: "ready", used } as const;
  return registry.ask("heartbeat", body);
}
