import { postWindow } from "./outbox.ts";
import type { Protocol } from "./protocol.ts";
import type { ActorRef } from "./ref.ts";

/** The description of a module Worker for one actor (rule A13). */
export interface WorkerHome {
  /** The module that calls `hostActor` with the actor's class. */
  readonly module: URL;
  /** The Worker's permissions; none, unless named. */
  readonly permissions: Deno.PermissionOptions;
  /** References for the actor, which it gets by `context.imported`. */
  readonly exports: Readonly<Record<string, ActorRef<Protocol>>>;
  /** How long a handler may run after its deadline before its Worker is ended and restarted, in milliseconds. */
  readonly graceMs: number;
  /** A Worker that takes longer to load its module is given up. A busy machine may take half a minute for a large one. */
  readonly loadMs: number;
  /** A Worker whose event loop doesn't turn for this long is given up. */
  readonly silenceMs: number;
  /**
   * Tells whether a Worker that was given up for its silence has ended: its port is free, for instance. A Worker in an
   * endless loop never ends. Where this function is missing, or rejects, a silent Worker counts as one that loops.
   */
  readonly hasEnded?: () => Promise<boolean>;
  /** How many messages are posted to the Worker at a time, 1 to 64. The others wait in the mailbox on this side. */
  readonly window: number;
}

/**
 * Describes the Worker for `spawn`: `scope.spawn(Actor, init, { home: inWorker(new URL("./a.ts", import.meta.url)) })`.
 *
 * @throws {RangeError} if the window is not a whole number from 1 to 64
 */
export function inWorker(module: URL, options: Partial<Omit<WorkerHome, "module">> = {}): WorkerHome {
  const { window = postWindow } = options;
  if (!Number.isInteger(window) || window < 1 || window > postWindow) {
    throw new RangeError(`A window is a whole number from 1 to ${postWindow}, not ${window}`);
  }
  const times = { graceMs: 5_000, loadMs: 60_000, silenceMs: 5_000 };
  return { module, permissions: "none", exports: {}, ...times, ...options, window };
}
