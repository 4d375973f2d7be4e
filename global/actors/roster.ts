import type { Clock, MessageContext } from "../../shared/actor/mod.ts";
import type { ControllerEntry, HandlerEntry, LiveStore } from "../../shared/store/live/mod.ts";

interface Counts {
  readonly ready: number;
  readonly draining: number;
  readonly gone: number;
}

/** Who is there, at one moment. */
export interface View {
  /** Those whose heartbeats come. */
  readonly controllers: readonly ControllerEntry[];
  readonly handlers: readonly HandlerEntry[];
  /** The silent ones too. */
  readonly allControllers: readonly ControllerEntry[];
  readonly allHandlers: readonly HandlerEntry[];
  readonly census: { readonly controllers: Counts; readonly handlers: Counts };
}

type Heartbeat = Pick<ControllerEntry, "state" | "load" | "heartbeat_ms">;

/** What the registry remembers of the live store's registrations, so that not every join reads them all. */
export interface Roster {
  /** Who is there, at most a quarter of a second old; `undefined` while the live store doesn't answer. */
  view(message: MessageContext): Promise<View | undefined>;
  /** The next view is a fresh one. */
  forget(): void;
  /** A controller's load, with the meetings that it was given since its last heartbeat. */
  loadOf(controller: ControllerEntry): number;
  notePlacement(controller: ControllerEntry): void;
  /** What this GC has just written of a process need not be read again. */
  noteHeartbeat(kind: "controller" | "handler", id: string, beat: Heartbeat): void;
}

interface RosterOptions {
  readonly registrations: LiveStore["registrations"];
  readonly heartbeatTimeoutMs: number;
  readonly now: () => number;
  readonly clock: Clock;
}

const MAX_AGE_MS = 250;

export function createRoster({ registrations, heartbeatTimeoutMs, now, clock }: RosterOptions): Roster {
  const given = new Map<string, { readonly heartbeat_ms: number; readonly meetings: number }>();
  let kept: { readonly controllers: ControllerEntry[]; readonly handlers: HandlerEntry[] } | undefined;
  let keptAt = -Infinity;

  const isAlive = ({ heartbeat_ms }: { heartbeat_ms: number }) => now() - heartbeat_ms <= heartbeatTimeoutMs;
  const count = (entries: readonly (ControllerEntry | HandlerEntry)[]): Counts => {
    const alive = entries.filter(isAlive);
    const ready = alive.filter(({ state }) => state === "ready").length;
    return { ready, draining: alive.length - ready, gone: entries.length - alive.length };
  };
  const givenTo = ({ id, heartbeat_ms }: ControllerEntry) => {
    const since = given.get(id);
    return since?.heartbeat_ms === heartbeat_ms ? since.meetings : 0;
  };
  return {
    async view(message) {
      if (kept === undefined || clock.now() - keptAt > MAX_AGE_MS) {
        const [controllers, handlers] = await Promise.all([
          message.ask(registrations, "controllers", undefined),
          message.ask(registrations, "handlers", undefined),
        ]);
        if (!controllers.ok || !handlers.ok) return undefined;
        kept = { controllers: controllers.value, handlers: handlers.value };
        keptAt = clock.now();
      }
      const { controllers, handlers } = kept;
      return {
        controllers: controllers.filter(isAlive),
        handlers: handlers.filter(isAlive),
        allControllers: controllers,
        allHandlers: handlers,
        census: { controllers: count(controllers), handlers: count(handlers) },
      };
    },
    forget() {
      kept = undefined;
    },
    loadOf(controller) {
      return controller.load + givenTo(controller) / Math.max(1, controller.capacity.meetings);
    },
    notePlacement(controller) {
      const { id, heartbeat_ms } = controller;
      given.set(id, { heartbeat_ms, meetings: givenTo(controller) + 1 });
    },
    noteHeartbeat(kind, id, beat) {
      if (kept === undefined) return;
      const { controllers, handlers } = kept;
      kept = kind === "controller"
        ? {
          controllers: controllers.map((entry) => entry.id === id ? { ...entry, ...beat } : entry),
          handlers,
        }
        : { controllers, handlers: handlers.map((entry) => entry.id === id ? { ...entry, ...beat } : entry) };
    },
  };
}
