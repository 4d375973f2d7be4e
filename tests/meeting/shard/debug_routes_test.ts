import { assert, assertEquals } from "@std/assert";
import { createScope } from "../../../shared/actor/mod.ts";
import {
  AUDIENCES,
  createTokenVerifier,
  debugRoutes,
  httpJwksSource,
  JwksManagerActor,
} from "../../../shared/auth/mod.ts";
import { createHandler } from "../../../shared/http/mod.ts";
import { startShard } from "../support/shard.ts";

Deno.test("debug › the tree of actors is shown only with the scope", async () => {
  await using shard = await startShard();
  const { issuer } = shard;
  await using scope = createScope();
  const issuers = new Map([[issuer.url, httpJwksSource(issuer.jwksUrl)]]);
  const keys = scope.spawn(JwksManagerActor, { issuers }, { name: "jwks of the test" });
  const handler = createHandler({
    routes: debugRoutes({
      verifier: createTokenVerifier({ keys, audience: AUDIENCES.meeting }),
      component: "mc",
      async describeWorkers() {
        const tree = await shard.ref.ask("describe", undefined);
        return { "shard 0": tree.ok ? tree.value : [] };
      },
    }),
  });
  const get = async (token: string | null) =>
    await handler(
      new Request("http://mc.example/debug/actors", {
        headers: token === null ? {} : { authorization: `Bearer ${token}` },
      }),
    );
  for (
    const [token, status] of [
      [null, 401],
      [await issuer.serviceToken("service.manage-meetings.mc"), 403],
      [await issuer.meetingToken({ sub: "ada", meeting_id: "m", role: "host" }), 401],
    ] as const
  ) {
    const answer = await get(token);
    await answer.body?.cancel();
    assertEquals(answer.status, status);
  }
  const shown = await get(await issuer.serviceToken("admin.read-actors.mc"));
  assertEquals(shown.status, 200);
  const text = await shown.text();
  for (
    const part of [
      "jwks of the test",
      "MeetingControllerActor",
      '"depth":',
      '"restarts":',
      '"state":"running"',
    ]
  ) {
    assert(text.includes(part), part);
  }
});
