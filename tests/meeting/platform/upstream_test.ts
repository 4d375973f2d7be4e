import { assertEquals } from "@std/assert";
import { createScope } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { ServiceTokens } from "../../../shared/auth/mod.ts";
import { UpstreamActor } from "../../../meeting/platform/upstream.ts";

/** What a controller makes of a token that GC gives it. */
async function given(token: string) {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      await request.body?.cancel();
      return Response.json({ token, expires_in: 900 });
    },
  );
  await using scope = createScope();
  const serviceTokens = createProbe(scope, ServiceTokens);
  serviceTokens.answer("token", () => "ours");
  const globalUrl = `http://127.0.0.1:${server.addr.port}`;
  const upstream = scope.spawn(UpstreamActor, { globalUrl, serviceTokens: serviceTokens.ref, now: () => 0 });
  const answer = await upstream.ask("meetingToken", { meeting_id: "m", sub: "ann" });
  return answer.ok ? answer.value.claims : answer.error.code;
}

const encoded = (claims: object) =>
  new TextEncoder().encode(JSON.stringify(claims)).toBase64({ alphabet: "base64url", omitPadding: true });

Deno.test("upstream › a renewed token comes with what it says of its subject's role", async () => {
  const claims = { sub: "ann", iat: 2_000, role: "participant", participant_type: "member" } as const;
  assertEquals(await given(`head.${encoded({ ...claims, jti: "t" })}.signature`), claims);
});

Deno.test("upstream › a token that says nothing of it is none", async () => {
  for (const token of ["t", "head.!.signature", `head.${encoded({ sub: "ann" })}.signature`]) {
    assertEquals(await given(token), "unavailable", token);
  }
});
