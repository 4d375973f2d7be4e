import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { type ActorContext, fail, type Failure, later, protocol, tell } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { defaultMeetingSettings } from "../../../shared/protocol/mod.ts";
import { type Lease, Leases, Snapshots, type StoredMessage } from "../../../shared/store/live/mod.ts";
import { SnapshotWriter } from "../../../meeting/state/snapshot_writer.ts";

const PAUSE_MS = 50;

const lease: Lease = {
  meeting_id: "m",
  facts: {
    meeting: {
      meeting_id: "m",
      code: "c",
      join_url: "http://localhost/m/c",
      display_name: "Stand-up",
      max_participants: 2,
      settings: defaultMeetingSettings,
      status: "live",
      created_at: "2026-01-01T00:00:00Z",
    },
    org_id: "o",
  },
  controller_id: "mc",
  instance_id: "i",
  shard: "0",
  handlers: [],
  generation: 1,
};

const Notebook = protocol({ note: tell(z.number()), restore: tell(z.void()), say: tell(z.string()) });

/** An actor whose state is a count that a writer stores, and a store. */
function notebook() {
  const kit = createTestKit(1);
  const scope = kit.createScope({ deadlineMs: 10_000 });
  const store = createProbe(scope, Snapshots, "snapshots");
  store.answer("saveSnapshot", () => undefined);
  const leases = createProbe(scope, Leases, "leases");
  const stored: boolean[] = [];
  let fenced = 0;
  let generation = lease.generation;

  class NotebookActor {
    static readonly protocol = Notebook;
    readonly #writer: SnapshotWriter;
    #notes = 0;
    #messages = 0;
    readonly #chat: StoredMessage[] = [];

    constructor(_init: void, context: ActorContext<typeof Notebook>) {
      this.#writer = new SnapshotWriter({
        context,
        live: { snapshots: store.ref, leases: leases.ref },
        lease: () => ({ ...lease, generation }),
        pauseMs: PAUSE_MS,
        take: () => String(this.#notes),
        takeChat: () => this.#chat,
        onWritten() {},
        onFenced: () => fenced++,
      });
    }

    note(times: number): void {
      for (let n = 0; n < times; n++) {
        this.#notes++;
        void this.#writer.changed().then((isStored) => stored.push(isStored));
      }
    }

    restore(): void {
      this.#writer.restore();
    }

    say(message: string): void {
      const said = { number: ++this.#messages, message };
      this.#chat.push(said);
      void this.#writer.said(said);
    }

    onStop(): Promise<void> {
      return this.#writer.flush();
    }
  }
  const actor = scope.spawn(NotebookActor, undefined);
  const saves = () => store.received.map(({ body }) => Snapshots.saveSnapshot.input.parse(body));
  return {
    kit,
    /** So many changes in one turn. */
    note: (times = 1) => actor.tell("note", times),
    say: (message: string) => actor.tell("say", message),
    restore: () => actor.tell("restore", undefined),
    /** The store answers nothing that comes from now on. */
    hold: () => store.answer("saveSnapshot", () => later(new Promise(() => {}))),
    heal: () => store.answer("saveSnapshot", () => undefined),
    /** The numbers of the messages in each write. */
    chats: () => saves().map(({ chat }) => chat.map(({ number }) => number)),
    stored: () => stored,
    fail: () => store.answer("saveSnapshot", () => fail("unavailable", "The disk is full")),
    /** The store no longer has the lease, and answers `restored` to its writing back. */
    lose(restored: Failure<"fenced" | "unavailable"> | undefined) {
      store.answer("saveSnapshot", () => fail("fenced", "The lease is another one"));
      leases.answer("writeBack", () => {
        if (restored === undefined) store.answer("saveSnapshot", () => undefined);
        return restored;
      });
    },
    /** The meeting's lease gets a new term while a write is under way, which is refused. */
    renewDuringWrite() {
      store.answer("saveSnapshot", () => fail("fenced", "The lease is another one"));
      leases.answer("writeBack", () => {
        generation++;
        store.answer("saveSnapshot", () => undefined);
        return fail("fenced", "The lease is of a newer term");
      });
    },
    writtenBack: () => leases.received.map(({ body }) => body),
    fenced: () => fenced,
    written: () => saves().map(({ snapshot }) => snapshot),
    async stop() {
      const before = kit.clock.now();
      await kit.finish(scope.close());
      return kit.clock.now() - before;
    },
  };
}

Deno.test("snapshots › the changes of one turn are one write, and changes in the pause after it are in the next one", async () => {
  const { kit, note, written, stop } = notebook();
  note(5);
  await kit.settle();
  assertEquals(written(), ["5"]);
  for (let i = 0; i < 3; i++) note();
  await kit.settle();
  assertEquals(written(), ["5"]);
  await kit.advance(PAUSE_MS * 2);
  assertEquals(written(), ["5", "8"]);
  await stop();
  assertEquals(written(), ["5", "8"]);
});

Deno.test("snapshots › `changed` resolves with whether the write that contains the change succeeded", async () => {
  const { kit, note, stored, fail, written, stop } = notebook();
  note();
  await kit.settle();
  assertEquals(stored(), [true]);
  fail();
  note();
  await kit.advance(PAUSE_MS * 2);
  assertEquals(stored(), [true, false]);
  const before = written().length;
  await kit.advance(5_000);
  assert(written().length > before, "a failed write is tried again");
  await stop();
});

Deno.test("snapshots › changes that are not stored yet are stored at the stop, which waits for nothing else", async () => {
  const { kit, note, written, stop } = notebook();
  note();
  await kit.settle();
  note();
  await kit.settle();
  assertEquals(written(), ["1"]);
  assertEquals(await stop(), 0);
  assertEquals(written(), ["1", "2"]);
});

Deno.test("snapshots › a message is written alone, and again in the next write if the first one failed", async () => {
  const { kit, say, note, fail, heal, written, chats, stop } = notebook();
  say("hello");
  await kit.settle();
  assertEquals([written(), chats()], [[null], [[1]]]);
  fail();
  await kit.advance(PAUSE_MS * 2);
  say("is anybody there?");
  await kit.settle();
  note();
  heal();
  await kit.advance(5_000);
  assertEquals(written().slice(1), [null, "1"]);
  assertEquals(chats().slice(1), [[2], [2]]);
  await stop();
});

Deno.test("snapshots › what the store may have lost is written once more, the whole chat as well", async () => {
  const { kit, say, note, restore, written, chats, stop } = notebook();
  note();
  say("hello");
  await kit.advance(PAUSE_MS * 2);
  say("is anybody there?");
  await kit.advance(PAUSE_MS * 2);
  const before = written().length;
  restore();
  await kit.advance(PAUSE_MS * 2);
  assertEquals([written().slice(before), chats().slice(before)], [["1"], [[1, 2]]]);
  await stop();
});

Deno.test("snapshots › a stop writes again what a write under way has", async () => {
  const { kit, say, chats, hold, heal, stop } = notebook();
  hold();
  say("hello");
  await kit.settle();
  heal();
  say("goodbye");
  await stop();
  assertEquals(chats(), [[1], [1, 2]]);
});

Deno.test("snapshots › a lease that the store has lost is written back with the snapshot, and the meeting goes on", async () => {
  const { kit, note, say, stored, lose, written, writtenBack, chats, fenced, stop } = notebook();
  say("hello");
  await kit.advance(PAUSE_MS * 2);
  lose(undefined);
  note();
  await kit.settle();
  assertEquals([stored(), writtenBack(), fenced()], [[true], [lease], 0]);
  // The first message is in what is written anew.
  assertEquals([written(), chats()], [[null, "1", "1"], [[1], [], [1]]]);
  await stop();
});

Deno.test("snapshots › a lease that another controller has is not written back", async () => {
  const { kit, note, stored, lose, fenced, stop } = notebook();
  lose(fail("fenced", "Another controller has it"));
  note();
  await kit.settle();
  assertEquals([stored(), fenced()], [[false], 1]);
  await stop();
});

Deno.test("snapshots › a write of before the lease was renewed is made again when it was fenced", async () => {
  const { kit, note, written, stored, renewDuringWrite, fenced, stop } = notebook();
  renewDuringWrite();
  note();
  await kit.advance(1_000);
  assertEquals([written(), stored(), fenced()], [["1", "1"], [false], 0]);
  await stop();
});

Deno.test("snapshots › a lease that can't be written back yet is tried again", async () => {
  const { kit, note, stored, lose, writtenBack, fenced, stop } = notebook();
  lose(fail("unavailable", "Redis is away"));
  note();
  await kit.settle();
  assertEquals([stored(), fenced()], [[false], 0]);
  lose(undefined);
  await kit.advance(1_000);
  assertEquals([writtenBack().length, fenced()], [2, 0]);
  await stop();
});
