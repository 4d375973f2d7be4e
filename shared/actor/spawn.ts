import type { ActorClass } from "./actor.ts";
import { defaultCapacity } from "./intake.ts";
import { LocalCell } from "./local_cell.ts";
import type { ImportedRefs } from "./local_cell_options.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";
import { refOf } from "./ref_of.ts";
import type { Runtime } from "./runtime.ts";
import type { SpawnOptions } from "./scope.ts";
import { defaultPolicy } from "./supervision.ts";
import type { Supervisor } from "./supervisor.ts";
import { WorkerCell } from "./worker_cell.ts";

/** The place of a new actor in the tree. */
export interface Parent {
  readonly runtime: Runtime;
  readonly parentPath: string;
  readonly supervisor: Supervisor;
  readonly imports: ImportedRefs;
}

/** Starts an actor in the home that the options name. */
export function spawn<P extends Protocol, I>(
  parent: Parent,
  type: ActorClass<P, I>,
  init: I,
  options: SpawnOptions,
): ActorRef<P> {
  const { runtime, supervisor, parentPath } = parent;
  const { capacity = defaultCapacity, grouping = "one-for-one", graceMs = Infinity } = options;
  const name = options.name ?? type.name;
  const path = parentPath === "" ? name : `${parentPath}/${name}`;
  const policy = { ...defaultPolicy, ...options.policy };
  if (options.home !== undefined) {
    const { home } = options;
    const cell = new WorkerCell({
      runtime,
      protocol: type.protocol,
      type: type.name,
      init,
      path,
      capacity,
      supervisor,
      home,
    });
    supervisor.add(cell, policy);
    cell.start();
    return refOf(cell.outbox);
  }
  const cell = new LocalCell({
    runtime,
    // The cell takes bodies and init of any type; the signature of `spawn` makes sure that they are the actor's.
    type: type as unknown as ActorClass<Protocol, unknown>,
    init,
    path,
    capacity,
    supervisor,
    grouping,
    imports: parent.imports,
    graceMs,
  });
  supervisor.add(cell, policy);
  cell.start();
  return refOf(cell);
}
