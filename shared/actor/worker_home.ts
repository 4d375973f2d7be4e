import { postWindow } from "./outbox.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";

/** Says that an actor lives in a module Worker of its own (rule A13). */
export interface WorkerHome {
  /** The module that calls `hostActor` with the actor's class. */
  readonly module: URL;
  /** What the Worker may do; nothing, unless named. */
  readonly permissions: Deno.PermissionOptions;
  /** References that the actor finds again with `ctx.imported`. */
  readonly exports: Readonly<Record<string, ActorRef<Protocol>>>;
  /** How long a handler may go on after its deadline before its Worker is ended and restarted, in milliseconds. */
  readonly graceMs: number;
  /** How many messages are over there at a time, 1 to 64; the others wait here, where the mailbox's bound holds. */
  readonly window: number;
}

/**
 * Describes the Worker for `spawn`: `scope.spawn(Actor, init, { home: inWorker(new URL("./a.ts", import.meta.url)) })`.
 *
 * @throws {RangeError} if the window is none
 */
export function inWorker(module: URL, options: Partial<Omit<WorkerHome, "module">> = {}): WorkerHome {
  const { window = postWindow } = options;
  if (!Number.isInteger(window) || window < 1 || window > postWindow) {
    throw new RangeError(`A window is a whole number from 1 to ${postWindow}, not ${window}`);
  }
  return { module, permissions: "none", exports: {}, graceMs: 5_000, ...options, window };
}
