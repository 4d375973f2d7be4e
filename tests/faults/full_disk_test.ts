import { assert, assertEquals } from "@std/assert";
import { throughFullDisk } from "../chaos/support/through_full_disk.ts";

Deno.test("full disk › a whole deployment lives on, says why, loses nothing it acknowledged, and writes it all later", async () => {
  const report = await throughFullDisk({ meetings: 2, people: 3, fullMs: 12_000 });
  assertEquals(report.wrong, []);
  assert(report.chats > 0 && report.notStored > 0 && report.rest.refused > 0, JSON.stringify(report));
  assert(report.lostLogLines > 0);
  assertEquals(report.reasons.get("global"), "the database can't be written: database or disk is full");
  assertEquals(report.reasons.get("auth"), "the database can't be written: database or disk is full");
  assertEquals(
    report.reasons.get("meeting"),
    "the live store can't be written: 2 meetings go on without being stored",
  );
});
