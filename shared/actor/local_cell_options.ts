import type { ActorClass } from "./actor.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";
import type { Runtime } from "./runtime.ts";
import type { Grouping, Supervisor } from "./supervisor.ts";

/** The options of an actor in its home. */
export interface LocalCellOptions {
  readonly runtime: Runtime;
  readonly type: ActorClass<Protocol, unknown>;
  readonly init: unknown;
  readonly path: string;
  readonly capacity: number;
  readonly supervisor: Supervisor;
  readonly grouping: Grouping;
  readonly imports: ImportedRefs;
  /** A handler that goes on this long after its deadline counts as crashed; `Infinity`: never. */
  readonly graceMs: number;
}

/** Finds a reference that the parent isolate handed over, by name. Throws when there is none. */
export type ImportedRefs = <P extends Protocol>(name: string, protocol: P) => ActorRef<P>;
