import { assert, assertEquals } from "@std/assert";
import { fail } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { openSqlite } from "../../../shared/store/mod.ts";
import { AuditForwarderActor } from "../../../global/audit/audit_forwarder.ts";
import type { NotRecorded } from "../../../global/audit/audit_forwarder_protocol.ts";
import { type AuditOutbox, auditOutbox } from "../../../global/audit/audit_outbox.ts";
import { migrations } from "../../../global/store/migrations.ts";
import type { GlobalTables } from "../../../global/store/schema.ts";
import { meetingAuditBody } from "../../../shared/protocol/mod.ts";

const away = fail("unavailable", "AC is away");

/** The actor with an outbox in memory and an AC that takes everything but what `answer` says. */
function forwarding(ids: readonly string[]) {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const waiting = [...ids];
  const outbox: AuditOutbox = {
    oldest: (limit) =>
      Promise.resolve(waiting.slice(0, limit).map((audit_id) => ({ audit_id, entry: audit_id }))),
    forget(gone) {
      for (const id of gone) waiting.splice(waiting.indexOf(id), 1);
      return Promise.resolve();
    },
    count: () => Promise.resolve(waiting.length),
  };
  const place = {
    waiting,
    /** Sizes of the requests. */
    asked: [] as number[],
    stored: [] as unknown[],
    failures: [] as [string, number][],
    gauge: -1,
    answer: (_entries: readonly unknown[]): NotRecorded | undefined => undefined,
  };
  const actor = scope.spawn(AuditForwarderActor, {
    outbox,
    post(entries) {
      place.asked.push(entries.length);
      const failure = place.answer(entries);
      if (failure === undefined) place.stored.push(...entries);
      return Promise.resolve(failure);
    },
    onWaiting: (entries) => place.gauge = entries,
    onFailed: (result, entries) => place.failures.push([result, entries]),
  });
  return Object.assign(place, {
    wake: () => actor.tell("wake", undefined),
    settle: kit.settle,
    pass: kit.advance,
    [Symbol.asyncDispose]: () => kit.finish(scope.close()),
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, n) => String(n));

Deno.test("audit forwarder › sends what waits in its order, a hundred at a time, and what comes later when woken", async () => {
  await using place = forwarding(numbered(250));
  await place.settle();
  assertEquals([place.asked, place.stored, place.gauge], [[100, 100, 50], numbered(250), 0]);
  place.waiting.push("late");
  place.wake();
  await place.settle();
  assertEquals([place.stored.at(-1), place.waiting], ["late", []]);
  // Another process on the same database wakes nobody here.
  place.waiting.push("another's");
  await place.pass(1_000);
  assertEquals(place.stored.at(-1), "another's");
});

Deno.test("audit forwarder › while AC is away it is asked less and less; back, nothing is lost and nothing comes twice", async () => {
  await using place = forwarding(numbered(3));
  place.answer = () => away;
  await place.settle();
  assertEquals([place.asked.length, place.gauge], [1, 3]);
  for (let n = 0; n < 50; n++) place.wake();
  await place.settle();
  assertEquals(place.asked.length, 1);
  await place.pass(300_000);
  const tries = place.asked.length;
  assert(tries > 10 && tries < 25, `${tries} tries in five minutes`);
  assertEquals(place.failures, Array.from({ length: tries }, () => ["delayed", 3]));
  place.waiting.push("3");
  await place.pass(1_000);
  assertEquals(place.gauge, 4);
  place.answer = () => undefined;
  await place.pass(31_000);
  assertEquals([place.stored, place.waiting, place.gauge], [numbered(4), [], 0]);
});

Deno.test("audit forwarder › an entry that AC refuses is counted and dropped, and blocks no other", async () => {
  await using place = forwarding(numbered(120));
  place.answer = (entries) => entries.includes("7") ? fail("refused", "entries.0.type") : undefined;
  await place.settle();
  assertEquals(place.stored, numbered(120).filter((id) => id !== "7"));
  assertEquals([place.waiting, place.failures], [[], [["refused", 1]]]);
});

Deno.test("audit forwarder › an AC that goes away amid single entries gets the rest later", async () => {
  await using place = forwarding(numbered(5));
  let isThere = true;
  place.answer = (entries) => {
    if (!isThere) return away;
    if (entries.includes("1")) return fail("refused", "entries.0.type");
    if (entries.includes("2")) isThere = false;
    return undefined;
  };
  await place.settle();
  assertEquals([place.stored, place.waiting], [["0", "2"], ["3", "4"]]);
  isThere = true;
  await place.pass(2_000);
  assertEquals([place.stored, place.waiting], [["0", "2", "3", "4"], []]);
});

Deno.test("audit outbox › entries of a GC of before are forwarded too, in AC's form", async () => {
  const folder = await Deno.makeTempDir();
  const change = { display_name: "Ann and Bob", max_participants: 5 };
  const row = { org_id: "o-1", actor: "u-1", subject: "m-1", address: "192.0.2.1", result: "ok" };
  {
    await using old = await openSqlite<{ audit: Record<string, unknown> }>({
      path: `${folder}/global.db`,
      migrations: migrations.slice(0, 2),
    });
    await old.queries.insertInto("audit").values([
      { ...row, audit_id: "f", at: 1_000, type: "meeting.created", details: "{}" },
      { ...row, audit_id: "a", at: 2_000, type: "meeting.changed", details: JSON.stringify(change) },
      { ...row, audit_id: "c", at: 3_000, type: "meeting.ended", details: "{}" },
    ]).execute();
  }
  {
    await using store = await openSqlite<GlobalTables>({ path: `${folder}/global.db`, migrations });
    const waiting = await auditOutbox(store).oldest(10);
    const { entries } = meetingAuditBody.parse({ entries: waiting.map(({ entry }) => entry) });
    assertEquals(entries.map(({ audit_id }) => audit_id), waiting.map(({ audit_id }) => audit_id));
    const common = {
      organization_id: "o-1",
      actor: "u-1",
      subject: "m-1",
      address: "192.0.2.1",
      result: "ok",
    };
    const [created, changed, ended] = entries.map(({ audit_id: _, ...entry }) => entry);
    assertEquals(created, {
      ...common,
      at: new Date(1_000).toISOString(),
      type: "meeting_created",
      details: {},
    });
    assertEquals(changed, {
      ...common,
      at: new Date(2_000).toISOString(),
      type: "meeting_changed",
      details: { max_participants: 5 },
    });
    assertEquals(ended?.type, "meeting_ended");
  }
  await Deno.remove(folder, { recursive: true });
});
