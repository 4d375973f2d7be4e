import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { type ActorContext, fail, nothing, protocol, tell } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { defaultMeetingSettings } from "../../../shared/protocol/mod.ts";
import { type Lease, Snapshots } from "../../../shared/store/live/mod.ts";
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

const Notebook = protocol({ note: tell(nothing), say: tell(z.string()) });

/** An actor whose state is a count that a writer stores, and a store that takes a while. */
function notebook() {
  const kit = createTestKit(1);
  const scope = kit.createScope({ deadlineMs: 10_000 });
  const store = createProbe(scope, Snapshots, "snapshots");
  store.answer("saveSnapshot", () => undefined);
  const stored: boolean[] = [];

  class NotebookActor {
    static readonly protocol = Notebook;
    readonly #writer: SnapshotWriter;
    #notes = 0;
    #messages = 0;

    constructor(_init: void, context: ActorContext<typeof Notebook>) {
      this.#writer = new SnapshotWriter({
        context,
        snapshots: store.ref,
        lease,
        pauseMs: PAUSE_MS,
        take: () => String(this.#notes),
        onFenced: () => {},
      });
    }

    note(): void {
      this.#notes++;
      void this.#writer.changed().then((isStored) => stored.push(isStored));
    }

    say(message: string): void {
      void this.#writer.said({ number: ++this.#messages, message });
    }

    onStop(): Promise<void> {
      return this.#writer.flush();
    }
  }
  const actor = scope.spawn(NotebookActor, undefined);
  const saves = () => store.received.map(({ body }) => Snapshots.saveSnapshot.input.parse(body));
  return {
    kit,
    note: () => actor.tell("note", undefined),
    say: (message: string) => actor.tell("say", message),
    heal: () => store.answer("saveSnapshot", () => undefined),
    /** The numbers of the messages in each write. */
    chats: () => saves().map(({ chat }) => chat.map(({ number }) => number)),
    stored: () => stored,
    fail: () => store.answer("saveSnapshot", () => fail("unavailable", "The disk is full")),
    written: () => saves().map(({ snapshot }) => snapshot),
    async stop() {
      const before = kit.clock.now();
      await kit.finish(scope.close());
      return kit.clock.now() - before;
    },
  };
}

Deno.test("snapshots › the changes of one turn are one write, and changes during the write are in the next one", async () => {
  const { kit, note, written, stop } = notebook();
  for (let i = 0; i < 5; i++) note();
  await kit.settle();
  const first = written().length;
  assert(first < 5, `five changes of one turn made ${first} writes`);
  await kit.advance(PAUSE_MS * 2);
  assertEquals(written().at(-1), "5");
  await stop();
  assertEquals(written().at(-1), "5");
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

Deno.test("snapshots › a stop writes again what a write under way has", async () => {
  const { kit, say, chats, stop } = notebook();
  say("hello");
  await kit.settle();
  say("goodbye");
  await stop();
  assertEquals(chats().flat().at(-1), 2);
});
