import type { z } from "zod";
import { type ActorContext, fail, type Failure } from "../../../actor/mod.ts";
import { isUnavailable } from "../../is_unavailable.ts";
import { connectSqlite } from "../../open_sqlite.ts";
import type { Store } from "../../store.ts";
import { Snapshots } from "../ports/snapshots.ts";
import { loadSnapshot, saveSnapshot } from "./snapshots.ts";
import type { LiveTables } from "./tables.ts";

type In<N extends keyof typeof Snapshots> = z.output<typeof Snapshots[N]["input"]>;

/** How long a write may block the isolate while another process writes. Then it pauses, and tries again. */
const blockingWaitMs = 2;

/**
 * The snapshots of the live store's file, over a connection of this isolate: a write takes microseconds, where a Worker's
 * answer takes a tenth of a millisecond and more. The connection never waits for the disk: `LiveStoreActor` makes the
 * checkpoints.
 */
export class SnapshotStoreActor {
  static readonly protocol = Snapshots;
  readonly #path: string;
  readonly #context: ActorContext<typeof Snapshots>;
  #store: Store<LiveTables> | undefined;

  /** `path`: the file, which a `LiveStoreActor` of this process has opened. */
  constructor({ path }: { readonly path: string }, context: ActorContext<typeof Snapshots>) {
    this.#path = path;
    this.#context = context;
  }

  async onStart(): Promise<void> {
    const store = await connectSqlite<LiveTables>({ path: this.#path, blockingWaitMs, checkpoints: false });
    this.#context.cleanup(async () => await store[Symbol.asyncDispose]());
    this.#store = store;
  }

  async saveSnapshot({ meeting_id, generation, snapshot }: In<"saveSnapshot">) {
    return await whileAvailable(saveSnapshot(this.#db, meeting_id, generation, snapshot));
  }

  async loadSnapshot({ meeting_id }: In<"loadSnapshot">) {
    return await whileAvailable(loadSnapshot(this.#db, meeting_id));
  }

  get #db() {
    if (this.#store === undefined) throw new Error("A message came before onStart had ended");
    return this.#store.queries;
  }
}

/** The result of a query; a failure where the file can't be read or written at the moment. */
async function whileAvailable<T>(query: Promise<T>): Promise<T | Failure<"unavailable">> {
  try {
    return await query;
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return fail(
      "unavailable",
      `The live store can't be used: ${error instanceof Error ? error.message : error}`,
    );
  }
}
