import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { z } from "zod";
import { type ActorContext, fail, Failure } from "../../../actor/mod.ts";
import { whileBusy } from "../../while_busy.ts";
import { KEPT_MESSAGES, Snapshots } from "../ports/snapshots.ts";
import { unlessUnavailable } from "./unless_unavailable.ts";

type In<N extends keyof typeof Snapshots> = z.output<typeof Snapshots[N]["input"]>;

/** How long a write may block the isolate while another process writes. Then it pauses, and tries again. */
const blockingWaitMs = 2;
const busyTimeoutMs = 1_000;

const queries = {
  begin: "BEGIN IMMEDIATE",
  commit: "COMMIT",
  rollback: "ROLLBACK",
  lease: "SELECT 1 FROM leases WHERE meeting_id = ? AND generation = ?",
  save: `INSERT INTO snapshots (meeting_id, generation, snapshot) VALUES (?, ?, ?)
    ON CONFLICT (meeting_id) DO UPDATE SET generation = excluded.generation, snapshot = excluded.snapshot`,
  append: "INSERT INTO chat (meeting_id, number, message) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
  forget: "DELETE FROM chat WHERE meeting_id = ? AND number <= ?",
  load: "SELECT snapshot FROM snapshots WHERE meeting_id = ?",
  chat: "SELECT number, message FROM chat WHERE meeting_id = ? ORDER BY number",
} as const;

interface Opened {
  readonly database: DatabaseSync;
  readonly run: { readonly [N in keyof typeof queries]: StatementSync };
}

/**
 * The snapshots of the live store's file, over a connection of this isolate. A write takes some microseconds, where asking
 * a Worker takes a tenth of a millisecond and more; for the same reason its queries are prepared here, without the query
 * builder. The connection never waits for the disk: `LiveStoreActor` makes the checkpoints.
 */
export class SnapshotStoreActor {
  static readonly protocol = Snapshots;
  readonly #path: string;
  readonly #context: ActorContext<typeof Snapshots>;
  #opened: Opened | undefined;

  /** `path`: the file, which a `LiveStoreActor` has made by the time of the first message. */
  constructor({ path }: { readonly path: string }, context: ActorContext<typeof Snapshots>) {
    this.#path = path;
    this.#context = context;
  }

  saveSnapshot({ meeting_id, generation, snapshot, chat }: In<"saveSnapshot">) {
    return this.#whileAvailable(({ run }) => {
      if (run.lease.get(meeting_id, generation) === undefined) {
        return fail("fenced", `Cannot save meeting "${meeting_id}": it was opened anew, or is over`);
      }
      if (snapshot !== null) run.save.run(meeting_id, generation, snapshot);
      for (const { number, message } of chat) run.append.run(meeting_id, number, message);
      const last = chat.at(-1);
      if (last !== undefined) run.forget.run(meeting_id, last.number - KEPT_MESSAGES);
    });
  }

  loadSnapshot({ meeting_id }: In<"loadSnapshot">) {
    return this.#whileAvailable(({ run }) => {
      const row = run.load.get(meeting_id);
      const chat = run.chat.all(meeting_id).map(({ number, message }) => ({
        number: Number(number),
        message: String(message),
      }));
      return { snapshot: row === undefined ? null : String(row.snapshot), chat };
    });
  }

  /** The result of a transaction; a failure where the file can't be read or written at the moment. */
  async #whileAvailable<T>(work: (opened: Opened) => T): Promise<T | Failure<"unavailable">> {
    try {
      const opened = this.#opened ??= this.#open();
      return await whileBusy(busyTimeoutMs, () => inTransaction(opened, work));
    } catch (error) {
      return unlessUnavailable(error);
    }
  }

  #open(): Opened {
    const database = new DatabaseSync(this.#path, { timeout: blockingWaitMs });
    this.#context.cleanup(() => database.close());
    for (const pragma of ["synchronous = NORMAL", "wal_autocheckpoint = 0"]) {
      database.prepare(`PRAGMA ${pragma}`).get();
    }
    const prepare = (name: keyof typeof queries) => database.prepare(queries[name]);
    return {
      database,
      run: {
        begin: prepare("begin"),
        commit: prepare("commit"),
        rollback: prepare("rollback"),
        lease: prepare("lease"),
        save: prepare("save"),
        append: prepare("append"),
        forget: prepare("forget"),
        load: prepare("load"),
        chat: prepare("chat"),
      },
    };
  }
}

/** Commits what `work` does, unless it throws or answers a failure. */
function inTransaction<T>(opened: Opened, work: (opened: Opened) => T): T {
  const { database, run } = opened;
  run.begin.run();
  try {
    const result = work(opened);
    if (!(result instanceof Failure)) run.commit.run();
    return result;
  } finally {
    // SQLite has rolled back by itself where the disk is full.
    if (database.isTransaction) run.rollback.run();
  }
}
