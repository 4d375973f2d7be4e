import { z } from "zod";
import { ask, fail, later, protocol, tell } from "../../shared/actor/mod.ts";
import type { ActorContext, Failure, Later } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import type { ClientFinder } from "../store/clients.ts";
import type { ClientRow } from "../store/schema.ts";

/** Rows that AC read from its own table. */
const clientRow = z.custom<ClientRow | undefined>();

export const ClientDirectory = protocol({
  /** The client of this id; `undefined` if there is none. */
  find: ask(z.object({ clientId: z.string() }), clientRow, ["unavailable"]),
  /** A client was changed here. */
  changed: tell(z.object({ clientId: z.string() })),
});

export interface ClientDirectoryInit {
  readonly find: ClientFinder;
}

/** What another process changes is known here this much later at the latest. */
const KEEP_MS = 1_000;
const CAPACITY = 10_000;

interface Entry {
  readonly client: ClientRow;
  readonly readAt: number;
}

type Reply = ClientRow | undefined | Failure<"unavailable">;

/**
 * Owns what AC remembers of its clients, for a second: a service that asks for many tokens costs one query a second.
 * Clients that don't exist are not remembered, so that guessing fills nothing.
 */
export class ClientDirectoryActor {
  static readonly protocol = ClientDirectory;
  readonly #init: ClientDirectoryInit;
  readonly #context: ActorContext<typeof ClientDirectory>;
  readonly #entries = new Map<string, Entry>();
  readonly #log = logger("client_directory");
  /** What was read before a change is not remembered after it. */
  #changes = 0;

  constructor(init: ClientDirectoryInit, context: ActorContext<typeof ClientDirectory>) {
    this.#init = init;
    this.#context = context;
  }

  find({ clientId }: { clientId: string }): Reply | Later<Reply> {
    const readAt = this.#context.clock.now();
    const entry = this.#entries.get(clientId);
    if (entry !== undefined && readAt - entry.readAt < KEEP_MS) return entry.client;
    const changes = this.#changes;
    return later(this.#context.pipe(this.#read(clientId), (found) => {
      if ("client" in found && found.client !== undefined && changes === this.#changes) {
        this.#remember(clientId, { client: found.client, readAt });
      }
      return "client" in found ? found.client : found.failure;
    }));
  }

  changed({ clientId }: { clientId: string }): void {
    this.#changes++;
    this.#entries.delete(clientId);
  }

  async #read(
    clientId: string,
  ): Promise<{ client: ClientRow | undefined } | { failure: Failure<"unavailable"> }> {
    try {
      return { client: await this.#init.find(clientId) };
    } catch (error) {
      this.#log.error("could not read a client", { error });
      return { failure: fail("unavailable", "The database does not answer") };
    }
  }

  #remember(clientId: string, entry: Entry): void {
    this.#entries.delete(clientId);
    this.#entries.set(clientId, entry);
    if (this.#entries.size <= CAPACITY) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
