import { z } from "zod";
import { ask, fail, Failure, later, protocol, tell } from "../../shared/actor/mod.ts";
import type { ActorContext, Later } from "../../shared/actor/mod.ts";
import { audienceOfScope } from "../../shared/auth/mod.ts";
import type { Audience } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { RecentMap } from "../../shared/recent_map.ts";
import type { ClientRow } from "../store/schema.ts";
import type { Statements } from "../store/statements.ts";

/** A client as AC remembers it. */
export interface KnownClient {
  readonly client: ClientRow;
  /** The audience of each of its scopes. */
  readonly audiences: ReadonlyMap<string, Audience | undefined>;
  /** SHA-256 of the secret that was last found to be its own, in hexadecimal. */
  readonly acceptedDigest: string | undefined;
  /** Which reading of the table it is from. */
  readonly reading: number;
}

const knownClient = z.custom<KnownClient | undefined>();

export const ClientDirectory = protocol({
  /** The client of this id; `undefined` if there is none. */
  find: ask(z.object({ clientId: z.string() }), knownClient, ["unavailable"]),
  /** A secret was found to be the client's own: as long as this reading is remembered, so is that. */
  accepted: tell(z.object({ clientId: z.string(), reading: z.int(), digest: z.string() })),
  /** A client was changed here. */
  changed: tell(z.object({ clientId: z.string() })),
});

export interface ClientDirectoryInit {
  readonly find: Statements["findClient"];
}

/** What another process changes is known here this much later at the latest. */
const KEEP_MS = 1_000;
const CAPACITY = 10_000;

interface Entry {
  readonly known: KnownClient;
  readonly readAt: number;
}

type Reply = KnownClient | undefined | Failure<"unavailable">;

/**
 * Owns what AC remembers of its clients, for a second: a service that asks for many tokens costs one query a second.
 * Clients that don't exist are not remembered, so that guessing fills nothing.
 */
export class ClientDirectoryActor {
  static readonly protocol = ClientDirectory;
  readonly #init: ClientDirectoryInit;
  readonly #context: ActorContext<typeof ClientDirectory>;
  readonly #entries = new RecentMap<string, Entry>(CAPACITY);
  readonly #log = logger("client_directory");
  /** What was read before a change is not remembered after it. */
  #changes = 0;
  #readings = 0;

  constructor(init: ClientDirectoryInit, context: ActorContext<typeof ClientDirectory>) {
    this.#init = init;
    this.#context = context;
  }

  find({ clientId }: { clientId: string }): Reply | Later<Reply> {
    const readAt = this.#context.clock.now();
    const entry = this.#entries.get(clientId);
    if (entry !== undefined && readAt - entry.readAt < KEEP_MS) return entry.known;
    const changes = this.#changes;
    return later(this.#context.pipe(this.#read(clientId), (found) => {
      if (found instanceof Failure || found === undefined) return found;
      if (changes === this.#changes) this.#entries.set(clientId, { known: found, readAt });
      return found;
    }));
  }

  accepted({ clientId, reading, digest }: { clientId: string; reading: number; digest: string }): void {
    const entry = this.#entries.get(clientId);
    // What was right for the row as it was may be wrong for the row as it is.
    if (entry?.known.reading !== reading) return;
    this.#entries.set(clientId, { ...entry, known: { ...entry.known, acceptedDigest: digest } });
  }

  changed({ clientId }: { clientId: string }): void {
    this.#changes++;
    this.#entries.delete(clientId);
  }

  async #read(clientId: string): Promise<Reply> {
    try {
      const client = await this.#init.find(clientId);
      if (client === undefined) return undefined;
      const audiences = new Map(client.scope.split(" ").map((scope) => [scope, audienceOfScope(scope)]));
      return { client, audiences, acceptedDigest: undefined, reading: ++this.#readings };
    } catch (error) {
      this.#log.error("could not read a client", { error });
      return fail("unavailable", "The database does not answer");
    }
  }
}
