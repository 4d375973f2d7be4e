import type { z } from "zod";
import { type ActorContext, type Failure, protocol } from "../../../actor/mod.ts";
import { whileBusy } from "../../while_busy.ts";
import { Revocations } from "../ports/revocations.ts";
import { Snapshots } from "../ports/snapshots.ts";
import { BLOCKING_WAIT_MS, type DirectStore, openDirectStore } from "./direct_store.ts";
import { isRevoked, revoke } from "./revocations.ts";
import { loadSnapshot, saveSnapshot } from "./snapshots.ts";
import { unlessUnavailable } from "./unless_unavailable.ts";

const DirectPorts = protocol({ ...Snapshots, ...Revocations });

type In<N extends keyof typeof DirectPorts> = z.output<typeof DirectPorts[N]["input"]>;

/** While another process writes, the work pauses and is tried again, up to this. */
const busyTimeoutMs = 1_000;

/**
 * The ports of the live store's file that each handshake, join and change waits for, over a connection of this isolate.
 * Its work takes some microseconds, where asking a Worker takes a tenth of a millisecond and more; for the same reason its
 * statements are prepared, without the query builder.
 */
export class DirectStoreActor {
  static readonly protocol = DirectPorts;
  readonly #path: string;
  readonly #context: ActorContext<typeof DirectPorts>;
  #opened: DirectStore | undefined;

  /** `path`: the file, which a `LiveStoreActor` has made by the time of the first message. */
  constructor({ path }: { readonly path: string }, context: ActorContext<typeof DirectPorts>) {
    this.#path = path;
    this.#context = context;
  }

  saveSnapshot(save: In<"saveSnapshot">) {
    return this.#whileAvailable((store) => saveSnapshot(store, save));
  }

  loadSnapshot({ meeting_id }: In<"loadSnapshot">) {
    return this.#whileAvailable((store) => loadSnapshot(store, meeting_id));
  }

  revoke(removal: In<"revoke">) {
    return this.#whileAvailable((store) => revoke(store, removal));
  }

  revoked(token: In<"revoked">) {
    return this.#whileAvailable((store) => isRevoked(store, token));
  }

  /** The result of work on the file; a failure where the file can't be read or written at the moment. */
  async #whileAvailable<T>(work: (store: DirectStore) => T): Promise<T | Failure<"unavailable">> {
    try {
      const store = this.#opened ??= this.#open();
      return await whileBusy(busyTimeoutMs, () => work(store), BLOCKING_WAIT_MS);
    } catch (error) {
      return unlessUnavailable(error);
    }
  }

  #open(): DirectStore {
    const store = openDirectStore(this.#path);
    this.#context.cleanup(() => store.database.close());
    return store;
  }
}
