import { assertEquals } from "@std/assert";
import { cable } from "../cable.ts";
import { ports } from "../../shared/dev/plan.ts";
import { deployment, wideLimits } from "../global/support/deployment.ts";
import { startRedis } from "../store/live/redis_server.ts";

Deno.test("a controller cut off from Redis › takes no meeting, and says so in /ready, until Redis answers again", async () => {
  await using redis = await startRedis();
  await using way = cable("127.0.0.1", redis.port);
  const liveStoreUrl = `redis://127.0.0.1:${way.port}`;
  await using d = await deployment({ liveStoreUrl, controllers: 1, besides: ["meeting"], env: wideLimits });
  const token = await d.serviceToken("global", "service.manage-meetings.mc");
  const controlUrl = `http://127.0.0.1:${ports.meeting(d.plan, 0)}`;
  const offer = async () => {
    const answer = await fetch(`${controlUrl}/api/v1/internal/shards/0/api/v1/internal/meetings/new/offer`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: "{}",
    });
    return await answer.json();
  };
  const ready = async () => {
    const answer = await fetch(`${controlUrl}/ready`);
    const body = await answer.json();
    return [answer.status, body.error?.message];
  };
  while ((await ready())[0] !== 200);
  assertEquals(await offer(), { accepted: true });
  way.cut();
  assertEquals(await offer(), { accepted: false, reason: "store_away" });
  assertEquals(await ready(), [503, "the live store doesn't answer: nobody is let in"]);
  way.mend();
  while ((await ready())[0] !== 200);
  assertEquals(await offer(), { accepted: true });
});
