import { assertEquals } from "@std/assert";
import { type ActorRef, createScope } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { ServiceTokens } from "../../../shared/auth/mod.ts";
import { type Upstream, UpstreamActor } from "../../../meeting/platform/upstream.ts";

/** A controller's way to a GC that answers like this. */
async function withGlobal<T>(
  answerLike: () => Response,
  work: (upstream: ActorRef<typeof Upstream>) => Promise<T>,
): Promise<T> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      await request.body?.cancel();
      return answerLike();
    },
  );
  await using scope = createScope();
  const serviceTokens = createProbe(scope, ServiceTokens);
  serviceTokens.answer("token", () => "ours");
  const globalUrl = `http://127.0.0.1:${server.addr.port}`;
  const init = { globalUrl, serviceTokens: serviceTokens.ref, now: () => 0 };
  return await work(scope.spawn(UpstreamActor, init));
}

/** What a controller makes of a token that GC gives it. */
function given(token: string) {
  return withGlobal(() => Response.json({ token, expires_in: 900 }), async (upstream) => {
    const answer = await upstream.ask("meetingToken", { meeting_id: "m", sub: "ann" });
    return answer.ok ? answer.value.claims : answer.error.code;
  });
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

Deno.test("upstream › what GC will answer again is a refusal, that it can't do it now is none", async () => {
  const codeAt = (status: number) =>
    withGlobal(() => new Response(null, { status }), async (upstream) => {
      const place = { controller_id: "mc", instance_id: "i", shard: "0" };
      const answer = await upstream.ask("takeBack", { meeting_id: "m", ...place });
      return answer.ok ? "ok" : answer.error.code;
    });
  const codes = await Promise.all([403, 410, 500, 503].map(codeAt));
  assertEquals(codes, ["refused", "refused", "unavailable", "unavailable"]);
});
