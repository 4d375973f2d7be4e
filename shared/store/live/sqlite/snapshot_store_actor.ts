import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { z } from "zod";
import { type ActorContext, fail, Failure } from "../../../actor/mod.ts";
import { isUnavailable } from "../../is_unavailable.ts";
import { whileBusy } from "../../while_busy.ts";
import { Snapshots } from "../ports/snapshots.ts";
import { fencedOff, SAVE_SNAPSHOT } from "./snapshots.ts";

type In<N extends keyof typeof Snapshots> = z.output<typeof Snapshots[N]["input"]>;

/** How long a write may block the isolate while another process writes. Then it pauses, and tries again. */
const blockingWaitMs = 2;
const busyTimeoutMs = 1_000;

/**
 * The snapshots of the live store's file, over a connection of this isolate. A write takes some microseconds, where asking
 * a Worker takes a tenth of a millisecond and more; for the same reason the two queries are prepared here, without the
 * query builder. The connection never waits for the disk: `LiveStoreActor` makes the checkpoints.
 */
export class SnapshotStoreActor {
  static readonly protocol = Snapshots;
  readonly #save: StatementSync;
  readonly #load: StatementSync;

  /** `path`: the file, which a `LiveStoreActor` of this process has opened. */
  constructor({ path }: { readonly path: string }, context: ActorContext<typeof Snapshots>) {
    const database = new DatabaseSync(path, { timeout: blockingWaitMs });
    context.cleanup(() => database.close());
    for (const pragma of ["synchronous = NORMAL", "wal_autocheckpoint = 0"]) {
      database.prepare(`PRAGMA ${pragma}`).get();
    }
    this.#save = database.prepare(SAVE_SNAPSHOT);
    this.#load = database.prepare("SELECT snapshot FROM snapshots WHERE meeting_id = ?");
  }

  async saveSnapshot({ meeting_id, generation, snapshot }: In<"saveSnapshot">) {
    const written = await whileAvailable(() => this.#save.run(snapshot, meeting_id, generation));
    if (written instanceof Failure) return written;
    if (Number(written.changes) === 0) return fencedOff(meeting_id);
  }

  async loadSnapshot({ meeting_id }: In<"loadSnapshot">) {
    const row = await whileAvailable(() => this.#load.get(meeting_id) ?? { snapshot: null });
    if (row instanceof Failure) return row;
    return row.snapshot === null ? null : String(row.snapshot);
  }
}

/** The result of a query; a failure where the file can't be read or written at the moment. */
async function whileAvailable<T>(query: () => T): Promise<T | Failure<"unavailable">> {
  try {
    return await whileBusy(busyTimeoutMs, query);
  } catch (error) {
    if (!(error instanceof Error) || !isUnavailable(error)) throw error;
    return fail("unavailable", `The live store can't be used: ${error.message}`);
  }
}
