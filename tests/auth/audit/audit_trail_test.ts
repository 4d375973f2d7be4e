import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { auditRowMaker } from "../../../auth/audit/audit_row.ts";
import { AuditTrailActor } from "../../../auth/audit/audit_trail.ts";
import { auditWriter, listAudit } from "../../../auth/store/audit.ts";
import type { AuditEntry } from "../../../auth/store/audit_entry.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { AuditRow, Tables } from "../../../auth/store/schema.ts";
import { createScope } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { configureLogging } from "../../../shared/log/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { startAuth } from "../start_auth.ts";

const entry: AuditEntry = {
  type: "login",
  actor: "u-1",
  subject: "u-1",
  organization_id: null,
  address: "192.0.2.1",
  result: "ok",
};

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test({
    name: `audit on ${name} › entries are written once, however many at a time, and read in their order`,
    ignore,
    async fn() {
      await using database = await create();
      await using store = await openDatabase<Tables>(database.location, migrations);
      const rowOf = auditRowMaker();
      // Several of each millisecond.
      const rows = Array.from({ length: 173 }, (_, index) => rowOf(entry, 1_000_000 + Math.floor(index / 7)));
      const write = auditWriter(store);
      await write(rows);
      // An answer that got lost: the same entries come again.
      await write(rows.slice(100));
      const ids = (await listAudit(store, {}, undefined, 500)).map((row) => row.audit_id);
      assertEquals(ids, rows.map((row) => row.audit_id).reverse());
      const [first, second] = await listAudit(store, { type: "login" }, ids[1], 1);
      assertEquals([first?.audit_id, second?.audit_id], [ids[2], ids[3]]);
    },
  });
}

Deno.test("audit › what can't be written waits and is counted; nothing is lost when the database comes back", async () => {
  const written: AuditRow[] = [];
  const failures: [number, boolean][] = [];
  const tried = Promise.withResolvers<void>();
  let isAway = true;
  {
    await using scope = createScope();
    const trail = scope.spawn(AuditTrailActor, {
      write(rows) {
        if (isAway) {
          tried.resolve();
          return Promise.reject(new Error("the database is away"));
        }
        written.push(...rows);
        return Promise.resolve();
      },
      onFailed: (entries, lost) => failures.push([entries, lost]),
      gatherMs: 1,
      now: () => 0,
    });
    for (let n = 0; n < 3; n++) trail.tell("record", { ...entry, subject: `u-${n}` });
    await tried.promise;
    isAway = false;
  }
  assertEquals(written.map((row) => row.subject), ["u-0", "u-1", "u-2"]);
  assertEquals(failures, [[3, false]]);
});

Deno.test("audit › what can't be written at the end either is counted as lost", async () => {
  const failures: [number, boolean][] = [];
  {
    await using scope = createScope();
    const trail = scope.spawn(AuditTrailActor, {
      write: () => Promise.reject(new Error("the database is away")),
      onFailed: (entries, lost) => failures.push([entries, lost]),
      gatherMs: 60_000,
      now: () => 0,
    });
    for (let n = 0; n < 3; n++) trail.tell("record", entry);
  }
  assertEquals(failures, [[3, false], [3, true]]);
});

Deno.test("audit › what a silent database keeps waiting is said at the end, in the time that a stop has", async () => {
  const line = z.object({
    message: z.string(),
    entries: z.number().optional(),
    entry: z.object({ subject: z.string() }).optional(),
  });
  const logged: unknown[] = [];
  configureLogging({
    service: "test",
    level: "error",
    write(text) {
      const { message, entries, entry } = line.parse(JSON.parse(text));
      logged.push([message, entries ?? entry?.subject]);
    },
  });
  const failures: [number, boolean][] = [];
  const kit = createTestKit(1);
  const scope = kit.createScope({ deadlineMs: 3_200 });
  const trail = scope.spawn(AuditTrailActor, {
    write: () => new Promise(() => {}),
    onFailed: (entries, lost) => failures.push([entries, lost]),
    gatherMs: 100,
    now: () => 0,
  });
  trail.tell("record", { ...entry, subject: "u-0" });
  await kit.advance(200);
  // These come while the first one is being written.
  for (let n = 1; n < 3; n++) trail.tell("record", { ...entry, subject: `u-${n}` });
  const stopsAtMs = kit.clock.now();
  await kit.finish(scope.close());
  assert(kit.clock.now() - stopsAtMs <= 3_300);
  assertEquals(failures, [[3, true]]);
  const lost = "an audit entry could not be written";
  assertEquals(logged, [["audit entries are lost", 3], [lost, "u-0"], [lost, "u-1"], [lost, "u-2"]]);
});

Deno.test("audit › an AC that stops at once has still written everything", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using auth = await startAuth({}, { folder, workers: true });
    for (let n = 0; n < 20; n++) await auth.serviceToken("meeting", "service.link.mh");
  }
  const location = { kind: "sqlite", path: `${folder}/auth.db` } as const;
  {
    await using store = await openDatabase<Tables>(location, migrations);
    assertEquals((await listAudit(store, { type: "token_issued" }, undefined, 100)).length, 20);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("audit › why a token was refused is on record, and nowhere in the answer", async () => {
  const folder = await Deno.makeTempDir();
  let text = "";
  {
    await using auth = await startAuth({}, { folder });
    const token = await auth.serviceToken("global", "service.issue-meeting-token.ac");
    for (const bad of ["rubbish", `${token.slice(0, -86)}${"A".repeat(86)}`]) {
      const headers = { authorization: `Bearer ${bad}` };
      const answer = await fetch(`${auth.url}/api/v1/admin/users`, { headers });
      text += await answer.text();
    }
  }
  {
    const location = { kind: "sqlite", path: `${folder}/auth.db` } as const;
    await using store = await openDatabase<Tables>(location, migrations);
    const rows = await listAudit(store, { type: "token_refused" }, undefined, 10);
    assertEquals(rows.map((row) => row.result), ["signature", "malformed"]);
  }
  assertEquals(/signature|malformed/.test(text), false);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("metrics › with a token set, only who has it reads them", async () => {
  await using auth = await startAuth({ DT_METRICS_TOKEN: "a-token-of-prometheus" });
  const statuses: number[] = [];
  for (const token of [undefined, "another-token-entirely", "a-token-of-prometheus"]) {
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(`${auth.url}/metrics`, { headers });
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assertEquals(statuses, [401, 401, 200]);
});
