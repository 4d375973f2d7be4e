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

Deno.test("upstream › that no other controller is there is a refusal, that GC can't tell is none", async () => {
  const codeOf = (code: string) =>
    withGlobal(() => Response.json({ error: { code, message: "no" } }, { status: 503 }), async (upstream) => {
      const answer = await upstream.ask("handOver", { meeting_id: "m" });
      return answer.ok ? "ok" : answer.error.code;
    });
  assertEquals(await codeOf("CONTROLLER_UNAVAILABLE"), "refused");
  assertEquals(await codeOf("UNAVAILABLE"), "unavailable");
});
