import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";
import { openLiveStore } from "../../shared/store/live/mod.ts";

const HungStore = protocol({ hang: ask(z.undefined(), z.undefined(), []) });

/** A store that hangs in the middle of a transaction, as on a disk that doesn't answer. */
export class HungStoreActor {
  static readonly protocol = HungStore;
  readonly #path: string;

  constructor({ path }: { readonly path: string }) {
    this.#path = path;
  }

  async hang(): Promise<undefined> {
    await using store = await openLiveStore(this.#path);
    await store.queries.transaction().execute(async (transaction) => {
      await transaction.deleteFrom("leases").execute();
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    });
  }
}
