import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ticket } from "../../../shared/protocol/mod.ts";
import { heartbeatAnswer } from "../../../shared/protocol/rest.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

Deno.test("placement › where meetings go, stay and move to", async (t) => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, createMeeting, join } = client(d);
  const ann = await user("ann");
  await using one = await controller(d, 0);
  await using two = await controller(d, 1);
  await one.register();
  await registerHandler(d);
  const placeOf = async (code: string) => (await join(code, ann)).signaling_url;
  const urlsOf = ({ registration }: typeof one) =>
    registration.endpoints.shards.map(({ signaling_url }) => signaling_url);
  const isAt = (mc: typeof one, url: string) => urlsOf(mc).includes(url);

  await t.step("meetings go to the least loaded controller", async () => {
    await two.register();
    await one.heartbeat({ load: { meetings: 90, participants: 10 } });
    const places = [];
    for (let n = 0; n < 4; n++) places.push(await placeOf((await createMeeting(ann)).code));
    assertEquals(places.map((url) => isAt(two, url)), [true, true, true, true]);
  });

  await t.step("between heartbeats new meetings count, so that not all go to one", async () => {
    await one.heartbeat();
    await two.heartbeat();
    const places = [];
    for (let n = 0; n < 6; n++) places.push(await placeOf((await createMeeting(ann)).code));
    const atOne = places.filter((url) => isAt(one, url)).length;
    assertEquals(atOne, 3);
  });

  await t.step(
    "a draining controller gets nothing new, and a meeting that nobody has opened goes to another one",
    async () => {
      const { code } = await createMeeting(ann);
      const before = await placeOf(code);
      const [draining, other] = isAt(one, before) ? [one, two] : [two, one];
      assertEquals(await draining.drain(), 200);
      assertEquals(heartbeatAnswer.parse((await draining.heartbeat()).body).state, "draining");
      assert(isAt(other, await placeOf(code)));
      for (let n = 0; n < 3; n++) assert(isAt(other, await placeOf((await createMeeting(ann)).code)));
      assertEquals(await draining.register("after-the-drain"), 201);
    },
  );

  await t.step("a meeting whose controller said goodbye goes to another one", async () => {
    const { code } = await createMeeting(ann);
    const before = await placeOf(code);
    const [gone, other] = isAt(one, before) ? [one, two] : [two, one];
    assertEquals(await gone.unregister(), 204);
    assert(isAt(other, await placeOf(code)));
    assertEquals(await gone.register("back"), 201);
  });

  await t.step("a meeting of an older instance is placed anew", async () => {
    const { code, meeting_id } = await createMeeting(ann);
    const before = await placeOf(code);
    const mc = isAt(one, before) ? one : two;
    const token = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
    const runs = async () =>
      (await send("POST", `/api/v1/internal/meetings/${meeting_id}/tokens`, {
        token,
        body: { sub: "nobody" },
      })).status;
    assertEquals(await runs(), 404);
    assertEquals(await mc.register("restarted"), 201);
    assertEquals(await runs(), 403);
    await placeOf(code);
    assertEquals(await runs(), 404);
  });

  await t.step("an unreachable place that answers GC stays the place", async () => {
    const { code } = await createMeeting(ann);
    const { token, signaling_url } = await join(code, ann);
    const answer = await send("POST", `/api/v1/meetings/${code}/unreachable`, { token, body: {} });
    assertEquals(ticket.parse(answer.body).signaling_url, signaling_url);
  });

  await t.step("a meeting whose shard is dead moves for everybody, and only once", async () => {
    const { code } = await createMeeting(ann);
    const { token, signaling_url } = await join(code, ann);
    const dead = isAt(one, signaling_url) ? one : two;
    await dead.crash(0);
    await dead.crash(1);
    const tell = () => send("POST", `/api/v1/meetings/${code}/unreachable`, { token, body: {} });
    const answers = await Promise.all([tell(), tell(), tell()]);
    const places = answers.map(({ body }) => ticket.parse(body).signaling_url);
    assertEquals(new Set(places).size, 1);
    assertNotEquals(places[0], signaling_url);
    assert(isAt(dead === one ? two : one, places[0] ?? ""));
    assertEquals(await placeOf(code), places[0]);
  });

  await t.step("when no shard lives, it is said in words, and nothing hangs", async () => {
    const { code } = await createMeeting(ann);
    const { token } = await join(code, ann);
    for (const shard of [0, 1]) {
      await one.crash(shard).catch(() => {});
      await two.crash(shard).catch(() => {});
    }
    const another = await createMeeting(ann);
    for (
      const answer of [
        await send("POST", `/api/v1/meetings/${code}/unreachable`, { token, body: {} }),
        await send("POST", `/api/v1/meetings/${another.code}/join`, { token: ann, body: {} }),
      ]
    ) assertEquals([answer.status, answer.code], [503, "CONTROLLER_UNAVAILABLE"]);
  });
});

Deno.test("placement › who is silent for too long counts as gone", async () => {
  await using d = await deployment({
    env: { DT_HEARTBEAT_INTERVAL_MS: "1000", DT_HEARTBEAT_TIMEOUT_MS: "4000" },
  });
  const { send, user, createMeeting } = client(d);
  const ann = await user("ann");
  await using mc = await controller(d);
  await registerHandler(d);
  await mc.register();
  const { code } = await createMeeting(ann);
  const join = () => send("POST", `/api/v1/meetings/${code}/join`, { token: ann, body: {} });
  assertEquals((await join()).status, 200);
  const controllers = async () =>
    /gc_controllers\{state="gone"\} (\d+)/.exec(String((await send("GET", "/metrics")).body))?.[1];
  while (await controllers() !== "1");
  assertEquals((await join()).status, 503);
  assertEquals((await mc.heartbeat()).status, 200);
  await registerHandler(d);
  assertEquals((await join()).status, 200);
});
