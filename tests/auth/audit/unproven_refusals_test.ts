import { assert, assertEquals } from "@std/assert";
import { AuditTrailActor } from "../../../auth/audit/audit_trail.ts";
import { listAudit } from "../../../auth/store/audit.ts";
import type { AuditEntry } from "../../../auth/store/audit_entry.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { AuditRow, Tables } from "../../../auth/store/schema.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { startAuth } from "../start_auth.ts";

/** What is counted is written after a minute, and what timers round up. */
const COUNTED_MS = 61_000;

const refusal: AuditEntry = {
  type: "token_refused",
  actor: "unknown",
  subject: "unknown",
  organization_id: null,
  address: "192.0.2.1",
  result: "malformed",
};

/** How many refusals rows stand for. */
function refusalsOf(rows: readonly Pick<AuditRow, "result" | "details">[]): number {
  const counts = rows.map(({ result, details }) => {
    const counted: Record<string, number> = JSON.parse(details);
    return result === "repeated" ? Object.values(counted).reduce((sum, count) => sum + count, 0) : 1;
  });
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A trail on virtual time, and what it has written. */
function trail() {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const written: AuditRow[] = [];
  const actor = scope.spawn(AuditTrailActor, {
    write: (rows) => Promise.resolve(void written.push(...rows)),
    onFailed() {},
    gatherMs: 100,
    now: () => kit.clock.now(),
  }, { capacity: 10_000 });
  return {
    kit,
    written,
    record: (entry: Partial<AuditEntry>) =>
      assertEquals(actor.tell("record", { ...refusal, ...entry }), "accepted"),
    [Symbol.asyncDispose]: () => scope.close(),
  };
}

Deno.test("audit › a thousand bad tokens from one address leave a handful of entries, with their count", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using auth = await startAuth({}, { folder });
    for (let round = 0; round < 50; round++) {
      const answers = Array.from(
        { length: 20 },
        () => fetch(`${auth.url}/api/v1/admin/users`, { headers: { authorization: "Bearer rubbish" } }),
      );
      for (const answer of await Promise.all(answers)) {
        assertEquals(answer.status, 401);
        await answer.body?.cancel();
      }
    }
  }
  {
    await using store = await openDatabase<Tables>({ kind: "sqlite", path: `${folder}/auth.db` }, migrations);
    const rows = await listAudit(store, { type: "token_refused" }, undefined, 500);
    // Twice the five and their count, where a minute ends meanwhile.
    assert(rows.length <= 12, String(rows.length));
    assertEquals(refusalsOf(rows), 1_000);
    assertEquals(new Set(rows.map(({ address }) => address)), new Set(["127.0.0.1"]));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("audit › the first refusals of an address are in full, the others by reason, each minute anew", async () => {
  await using t = trail();
  for (let n = 0; n < 7; n++) t.record({});
  for (let n = 0; n < 3; n++) t.record({ result: "signature" });
  t.record({ address: "192.0.2.2", result: "expired" });
  await t.kit.advance(COUNTED_MS);
  const shown = ({ address, result, details }: AuditRow) => `${address} ${result} ${details}`;
  const inFull = Array.from({ length: 5 }, () => "192.0.2.1 malformed {}");
  assertEquals(t.written.map(shown), [
    ...inFull,
    "192.0.2.2 expired {}",
    '192.0.2.1 repeated {"malformed":2,"signature":3}',
  ]);
  t.record({});
  await t.kit.advance(COUNTED_MS);
  assertEquals(t.written.length, 8);
});

Deno.test("audit › a flood of refusals from many addresses leaves few entries, which count them all", async () => {
  await using t = trail();
  // An IPv6 customer has as many addresses as they like.
  for (let n = 0; n < 5_000; n++) t.record({ address: `2001:db8::${n.toString(16)}` });
  for (let n = 0; n < 5_000; n++) t.record({ address: `10.0.${n >> 8}.${n & 255}` });
  await t.kit.advance(COUNTED_MS);
  assert(t.written.length <= 201, String(t.written.length));
  assertEquals(refusalsOf(t.written), 10_000);
  assertEquals(t.written.filter(({ address }) => address.startsWith("2001:")).length, 6);
});

Deno.test("audit › whoever knows a name fills no disk by it, and hides no other name's refusals", async () => {
  await using t = trail();
  for (let n = 0; n < 500; n++) t.record({ address: `10.0.${n >> 8}.${n & 255}` });
  const guess = { type: "login", result: "wrong_password", organization_id: "o" } as const;
  for (let n = 0; n < 200; n++) t.record({ ...guess, actor: "u-1", subject: "u-1" });
  for (let n = 0; n < 3; n++) t.record({ ...guess, actor: "u-2", subject: "u-2" });
  for (let n = 0; n < 200; n++) t.record({ actor: "global", subject: "global", result: "wrong_secret" });
  await t.kit.advance(COUNTED_MS);
  const of = (name: string) => t.written.filter(({ subject }) => subject === name);
  assertEquals(["u-1", "u-2", "global"].map((name) => of(name).length), [6, 3, 6]);
  assertEquals(refusalsOf([...of("u-1"), ...of("u-2"), ...of("global")]), 403);
  const { actor, organization_id, details } = of("u-1").at(-1) ?? {};
  assertEquals([actor, organization_id, details], ["u-1", "o", '{"wrong_password":195}']);
});

Deno.test("audit › what is refused to somebody who has proved who they are is in full, however often, in a flood too", async () => {
  await using t = trail();
  for (let n = 0; n < 200; n++) {
    t.record({ actor: "global", subject: "global", result: "wrong_secret" });
    t.record({ subject: "u-1", result: "session_secret_reused" });
    t.record({ actor: "global", subject: "u-1", result: "disabled" });
    t.record({ subject: "u-1", result: "wrong_password", type: "password_changed" });
  }
  await t.kit.advance(COUNTED_MS);
  assertEquals(t.written.filter(({ subject }) => subject === "u-1").length, 600);
});
