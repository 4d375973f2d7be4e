import { assertEquals } from "@std/assert";
import { CLIENTS, OPERATOR, startAuth } from "../start_auth.ts";
import { guest, meetingToken } from "../tokens/ask_meeting_token.ts";

Deno.test("audit › what happened is on record, without secrets or addresses of people", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using auth = await startAuth({}, { folder });
    await auth.register("ada@example.org");
    await (await auth.post("/api/v1/auth/user/token", { ...OPERATOR, password: "wrong" })).body?.cancel();
    await auth.operatorToken();
    await auth.serviceToken("meeting", "service.link.mh");
    await (await meetingToken(auth, guest)).body?.cancel();
  }
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(`${folder}/auth.db`);
  const rows = database.prepare("SELECT type, result, address FROM audit ORDER BY audit_id").all();
  const text = JSON.stringify(database.prepare("SELECT * FROM audit").all());
  database.close();
  assertEquals(rows.map((row) => `${row["type"]} ${row["result"]}`), [
    "organization_created ok",
    "user_created ok",
    ...Object.keys(CLIENTS).map(() => "client_registered ok"),
    "key_generated ok",
    "user_registered ok",
    "token_issued ok",
    "login wrong_password",
    "login ok",
    "token_issued ok",
    "token_issued ok",
    "token_issued ok",
    "token_issued ok",
  ]);
  for (const secret of ["example.org", 'wrong"', "eyJ", OPERATOR.password]) {
    assertEquals(text.includes(secret), false);
  }
  await Deno.remove(folder, { recursive: true });
});
