import { assertEquals } from "@std/assert";
import { decodeJwt, decodeProtectedHeader } from "@panva/jose";
import { startAuth } from "../start_auth.ts";
import { claims, guest, meetingToken } from "./ask_meeting_token.ts";

Deno.test("meeting token › carries the claims that GC gave, for fifteen minutes", async () => {
  await using auth = await startAuth();
  const answer = await meetingToken(auth, guest);
  assertEquals(answer.status, 200);
  const { token, expires_in } = await answer.json();
  assertEquals(expires_in, 900);
  assertEquals(decodeProtectedHeader(token).typ, "meeting+jwt");
  const { iat = 0, exp = 0, jti, iss, ...rest } = decodeJwt(token);
  assertEquals(rest, { ...claims, sub: "guest-1", aud: "darktower:meeting" });
  assertEquals([exp - iat, typeof jti, iss], [900, "string", "http://localhost:8080"]);
});

Deno.test("meeting token › may live shorter, never longer", async () => {
  await using auth = await startAuth();
  const short = await meetingToken(auth, { ...guest, ttl_seconds: 60 });
  assertEquals((await short.json()).expires_in, 60);
  const long = await meetingToken(auth, { ...guest, ttl_seconds: 901 });
  assertEquals([long.status, (await long.json()).error.details[0].path], [400, "ttl_seconds"]);
});

Deno.test("meeting token › registered claims can't be given", async () => {
  await using auth = await startAuth();
  for (const claim of ["iss", "aud", "exp", "iat", "jti", "nbf"]) {
    const answer = await meetingToken(auth, { ...guest, [claim]: "x" });
    assertEquals([answer.status, (await answer.json()).error.details[0].path], [400, claim]);
  }
});

Deno.test("meeting token › is for GC only", async () => {
  await using auth = await startAuth();
  const { access_token } = await auth.register("ada@example.org");
  const refused: [token: string, status: number, code: string][] = [
    ["", 401, "UNAUTHORIZED"],
    ["nonsense", 401, "UNAUTHORIZED"],
    [access_token, 401, "UNAUTHORIZED"],
    [await auth.operatorToken(), 401, "UNAUTHORIZED"],
    [await auth.serviceToken("global", "service.manage-meetings.mc"), 401, "UNAUTHORIZED"],
    [await auth.serviceToken("global", "service.forward-address.ac"), 403, "FORBIDDEN"],
    [await auth.serviceToken("meeting", "service.link.mh"), 401, "UNAUTHORIZED"],
  ];
  const texts = new Set<string>();
  for (const [token, status, code] of refused) {
    const answer = await meetingToken(auth, guest, token);
    const text = await answer.text();
    assertEquals([answer.status, JSON.parse(text).error.code], [status, code]);
    if (status === 401) texts.add(text);
  }
  assertEquals(texts.size, 1);
});

Deno.test("meeting token › who is host as an admin is so by their account, not by what GC has heard of it", async () => {
  await using auth = await startAuth();
  const ada = await auth.register("ada@example.org");
  const operator = decodeJwt(await auth.operatorToken());
  const given = {
    ...claims,
    meeting_org_id: operator["org_id"],
    participant_type: "member",
    role: "host",
    capabilities: ["chat", "moderate"],
  };
  const rightsOf = async (body: object) => {
    const { token } = await (await meetingToken(auth, { ...given, ...body })).json();
    const { role, capabilities } = decodeJwt(token);
    return [role, capabilities];
  };
  const [host, participant] = [["host", ["chat", "moderate"]], ["participant", ["chat"]]];
  const asAdmin = { host_as_admin: true };
  assertEquals(await rightsOf({ sub: operator.sub, ...asAdmin }), host);
  assertEquals(await rightsOf({ sub: operator.sub, ...asAdmin, meeting_org_id: "other" }), participant);
  assertEquals(await rightsOf({ sub: ada.user_id, ...asAdmin }), participant);
  assertEquals(await rightsOf({ sub: "nobody", ...asAdmin }), participant);
  const stale = { ...asAdmin, role: "participant", capabilities: ["chat"] };
  assertEquals(await rightsOf({ sub: ada.user_id, ...stale }), participant);
  assertEquals(await rightsOf({ sub: operator.sub, ...stale }), host, "made an admin since");
  assertEquals(await rightsOf({ sub: operator.sub, ...stale, meeting_org_id: "other" }), participant);
  assertEquals(await rightsOf({ sub: ada.user_id }), host, "as the creator");
});
