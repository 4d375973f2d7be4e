import { z } from "zod";
import { ask, fail, protocol } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure } from "../../shared/actor/mod.ts";
import { connectDatabase } from "../../shared/store/mod.ts";
import type { DatabaseLocation } from "../../shared/store/mod.ts";
import { auditWriter } from "../store/audit.ts";
import type { AuditWriter } from "../store/audit.ts";
import type { AuditRow, Tables } from "../store/schema.ts";

/** Made by this program a moment ago; to look at each field of each entry again would cost as much as to write it. */
const auditRow = z.custom<AuditRow>();

const AuditStore = protocol({
  /** Writes entries, all of them or none. */
  write: ask(z.object({ rows: z.array(auditRow).readonly() }), z.undefined(), ["not_written"]),
});

/** Plain data: the actor lives in a Worker. */
export interface AuditStoreInit {
  readonly database: DatabaseLocation;
}

/**
 * Owns the connection that writes the audit trail. In a Worker, because a database that is busy with another process's
 * write, or moves its journal to the disk, blocks the isolate that asks it.
 */
export class AuditStoreActor {
  static readonly protocol = AuditStore;
  readonly #init: AuditStoreInit;
  readonly #context: ActorContext<typeof AuditStore>;
  #write: AuditWriter | undefined;

  constructor(init: AuditStoreInit, context: ActorContext<typeof AuditStore>) {
    this.#init = init;
    this.#context = context;
  }

  async onStart(): Promise<void> {
    const store = await connectDatabase<Tables>(this.#init.database, 1);
    this.#context.cleanup(() => store[Symbol.asyncDispose]());
    this.#write = auditWriter(store);
  }

  async write({ rows }: { readonly rows: readonly AuditRow[] }): Promise<undefined | Failure<"not_written">> {
    try {
      await this.#write?.(rows);
    } catch (error) {
      return fail("not_written", error instanceof Error ? error.message : "The database does not answer");
    }
  }
}
