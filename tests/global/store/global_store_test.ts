import { assertEquals, assertRejects } from "@std/assert";
import { auditOutbox } from "../../../global/audit/audit_outbox.ts";
import {
  forgetOldIdentities,
  identityOf,
  meetingsOfSubject,
  rememberIdentity,
} from "../../../global/accounts/identities.ts";
import { rememberAttendance } from "../../../global/meetings/attendances.ts";
import {
  addMeeting,
  changeMeeting,
  endMeeting,
  meetingByCode,
  meetingById,
  meetingsOf,
} from "../../../global/meetings/meeting_store.ts";
import { forgetEnd, repeatEnds } from "../../../global/meetings/end_outbox.ts";
import { keepRemoval } from "../../../global/meetings/removals.ts";
import { storedFacts } from "../../../global/meetings/stored_facts.ts";
import type { Position } from "../../../global/meetings/position.ts";
import { raiseTerm } from "../../../global/placement/raise_term.ts";
import { migrations } from "../../../global/store/migrations.ts";
import type { GlobalTables, MeetingRow } from "../../../global/store/schema.ts";
import { defaultMeetingSettings, type MeetingClaims } from "../../../shared/protocol/mod.ts";
import { StartError } from "../../../shared/service/mod.ts";
import { isUniqueViolation, openDatabase, type Store } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";

const by = { actor: "ann", address: "192.0.2.1" };
const DAY_MS = 86_400_000;

function row(name: string, change: Partial<MeetingRow> = {}): MeetingRow {
  return {
    meeting_id: `id-${name}`,
    code: `code-${name}`,
    org_id: "org-1",
    creator: "ann",
    display_name: name,
    max_participants: 10,
    settings: JSON.stringify(defaultMeetingSettings),
    permission_changes: "{}",
    created_at: 1_999_999_999_000,
    ended_at: null,
    term: 0,
    ...change,
  };
}

function claims(meeting_id: string, display_name: string): MeetingClaims {
  return {
    meeting_id,
    meeting_org_id: "org-1",
    home_org_id: "org-1",
    participant_type: "member",
    role: "participant",
    capabilities: [],
    display_name,
  };
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  const test = (behaviour: string, fn: (store: Store<GlobalTables>) => Promise<void>) =>
    Deno.test({
      name: `global store on ${name} › ${behaviour}`,
      ignore,
      async fn() {
        await using database = await create();
        await using store = await openDatabase<GlobalTables>(database.location, migrations);
        await fn(store);
      },
    });

  test("a meeting comes back as it was stored, and its creation is on record with it", async (store) => {
    await addMeeting(store, row("a"), by);
    assertEquals(await meetingByCode(store, "code-a"), row("a"));
    assertEquals(await meetingById(store, "id-a"), row("a"));
    assertEquals(await meetingByCode(store, "code-b"), undefined);
    const twice = await assertRejects(() => addMeeting(store, row("b", { code: "code-a" }), by));
    assertEquals(isUniqueViolation(twice), true);
    assertEquals(await auditOutbox(store).count(), 1);
  });

  test("each of many assignments at once gets a term of its own, and none after the end", async (store) => {
    for (const name of ["a", "b"]) await addMeeting(store, row(name), by);
    const raised = await Promise.all(Array.from({ length: 20 }, () => raiseTerm(store, "id-a")));
    assertEquals(raised.map(Number).toSorted((a, b) => a - b), Array.from({ length: 20 }, (_, n) => n + 1));
    assertEquals((await meetingById(store, "id-b"))?.term, 0);
    await endMeeting(store, "id-a", 1, by);
    assertEquals([await raiseTerm(store, "id-a"), await raiseTerm(store, "nowhere")], ["ended", "ended"]);
    assertEquals((await meetingById(store, "id-a"))?.term, 20);
  });

  test("the pages of a list have every meeting once, the newest first, of one organisation", async (store) => {
    const names = Array.from({ length: 7 }, (_, index) => `m${index}`);
    // Two at each moment: the order among them goes by their ids.
    for (const [index, name] of names.entries()) {
      await addMeeting(store, row(name, { created_at: Math.floor(index / 2) }), by);
    }
    await addMeeting(store, row("elsewhere", { org_id: "org-2" }), by);
    const seen: string[] = [];
    let after: Position | undefined;
    for (;;) {
      const page = await meetingsOf(store, { orgId: "org-1" }, 2, after);
      seen.push(...page.map(({ display_name }) => display_name));
      const last = page.at(-1);
      if (last === undefined) break;
      after = { at: last.created_at, id: last.meeting_id };
    }
    assertEquals(seen, names.toReversed());
  });

  test("a member's list has what they made and were in, also when it has ended; nobody else's", async (store) => {
    for (const [name, creator] of [["made", "bob"], ["attended", "ann"], ["foreign", "ann"]] as const) {
      await addMeeting(store, row(name, { creator, created_at: name.length }), by);
    }
    await addMeeting(store, row("elsewhere", { org_id: "org-2" }), by);
    for (
      const [sub, meeting_id] of [["bob", "id-attended"], ["bob", "id-elsewhere"], [
        "eve",
        "id-foreign",
      ]] as const
    ) {
      await rememberAttendance(store, { sub, meeting_id, since: 1 });
      await rememberAttendance(store, { sub, meeting_id, since: 2 });
    }
    await endMeeting(store, "id-attended", 3, by);
    const listed = await meetingsOf(store, { orgId: "org-1", sub: "bob" }, 10);
    assertEquals(listed.map(({ display_name }) => display_name), ["attended", "made"]);
  });

  test("of changes at the same moment none is lost", async (store) => {
    await addMeeting(store, row("a"), by);
    const fields = Array.from({ length: 12 }, (_, index) => `field_${index}`);
    await Promise.all(fields.map((field) =>
      changeMeeting(
        store,
        "id-a",
        ({ settings }) => ({ settings: JSON.stringify({ ...JSON.parse(settings), [field]: true }) }),
        1,
        by,
      )
    ));
    const changed = await meetingById(store, "id-a");
    const settings = JSON.parse(changed?.settings ?? "{}");
    assertEquals(fields.filter((field) => settings[field] !== true), []);
  });

  test("a meeting ends once, and stays as it was then", async (store) => {
    await addMeeting(store, row("a"), by);
    await rememberIdentity(store, "bob", claims("id-a", "Bob"), 1);
    const ends = await Promise.all([1, 2, 3].map((at) => endMeeting(store, "id-a", at, by)));
    assertEquals(ends.filter(Boolean).length, 1);
    assertEquals(await changeMeeting(store, "id-a", () => ({ display_name: "New" }), 4, by), undefined);
    assertEquals(await identityOf(store, "id-a", "bob"), undefined);
    const kinds = (await auditOutbox(store).oldest(10)).map(({ entry }) =>
      JSON.stringify(entry).match(/meeting_\w+ed/)?.[0]
    );
    assertEquals(kinds.toSorted(), ["meeting_created", "meeting_ended"]);
  });

  test("the ends of a day wait once more to be delivered, each once, and none of a meeting that goes on", async (store) => {
    for (const name of ["old", "told", "waiting", "running"]) await addMeeting(store, row(name), by);
    for (const [name, at] of [["old", 1], ["told", 2], ["waiting", 3]] as const) {
      await endMeeting(store, `id-${name}`, at, by);
    }
    for (const name of ["old", "told"]) await forgetEnd(store, `id-${name}`);
    await repeatEnds(store, DAY_MS + 1);
    const ends = await store.queries.selectFrom("end_outbox").selectAll().orderBy("ended_at").execute();
    assertEquals(ends, [{ meeting_id: "id-told", ended_at: 2 }, { meeting_id: "id-waiting", ended_at: 3 }]);
  });

  test("a controller is told of a meeting as it is stored, with whether somebody is banned", async (store) => {
    const read = (name: string) => storedFacts(store, "http://localhost", `id-${name}`);
    const hasBan = async () => {
      const facts = await read("a");
      return typeof facts === "string" ? facts : facts.guest_banned;
    };
    await addMeeting(store, row("a"), by);
    const facts = await read("a");
    assertEquals(typeof facts === "string" ? facts : facts.meeting.display_name, "a");
    const keep = (sub: string, banned: boolean) => keepRemoval(store, "id-a", { sub, banned, at_ms: 1 });
    await keep("guest-1", false);
    await keepRemoval(store, "id-b", { sub: "guest-2", banned: true, at_ms: 1 });
    assertEquals(await hasBan(), undefined);
    await keep("guest-1", true);
    assertEquals(await hasBan(), true);
    await endMeeting(store, "id-a", 2, by);
    assertEquals([await read("a"), await read("nowhere")], ["ended", "ended"]);
  });

  test("who was let in as what is known by the last time, and forgotten after a day", async (store) => {
    await rememberIdentity(store, "bob", claims("id-a", "Bob"), 1);
    await rememberIdentity(store, "bob", claims("id-a", "Robert"), DAY_MS);
    await rememberIdentity(store, "bob", claims("id-b", "Bob"), 1);
    assertEquals((await identityOf(store, "id-a", "bob"))?.display_name, "Robert");
    assertEquals((await meetingsOfSubject(store, "bob")).toSorted(), ["id-a", "id-b"]);
    await forgetOldIdentities(store, DAY_MS + 2);
    assertEquals(await meetingsOfSubject(store, "bob"), ["id-a"]);
  });

  test("audit entries come out oldest first, and go when they are forgotten", async (store) => {
    for (const [index, name] of ["c", "a", "b"].entries()) {
      await addMeeting(store, row(name, { created_at: 1_000 + index }), by);
    }
    const outbox = auditOutbox(store);
    const waiting = await outbox.oldest(10);
    assertEquals(waiting.map(({ entry }) => JSON.stringify(entry).match(/id-\w/)?.[0]), [
      "id-c",
      "id-a",
      "id-b",
    ]);
    await outbox.forget(waiting.slice(0, 2).map(({ audit_id }) => audit_id));
    assertEquals(await outbox.count(), 1);
  });

  Deno.test({
    name: `global store on ${name} › of several that open it at once one migrates it`,
    ignore,
    async fn() {
      await using database = await create();
      const opened = await Promise.all(
        Array.from({ length: 4 }, () => openDatabase<GlobalTables>(database.location, migrations)),
      );
      await Promise.all(opened.map(({ queries }) => queries.selectFrom("meetings").selectAll().execute()));
      for (const store of opened) await store[Symbol.asyncDispose]();
    },
  });

  Deno.test({
    name: `global store on ${name} › another program's tables are left alone`,
    ignore,
    async fn() {
      await using database = await create();
      const others = [{ number: 1, name: "something else", up: () => Promise.resolve() }];
      await (await openDatabase(database.location, others))[Symbol.asyncDispose]();
      const error = await assertRejects(() => openDatabase(database.location, migrations), StartError);
      assertEquals(error.message.includes("something else"), true);
    },
  });
}
