import { DatabaseSync } from "node:sqlite";
import { assertEquals } from "@std/assert";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { startLiveStore } from "../../../shared/store/live/mod.ts";
import { ticket } from "../../../shared/protocol/mod.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

const RACES = 40;
/** The end starts up to so many round trips after the join. */
const HEAD_STARTS = 8;

Deno.test("ending › of a join and an end at once, nothing runs on", async (t) => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, createMeeting, join } = client(d);
  const ann = await user("ann");
  await using scope = createScope();
  const live = startLiveStore(scope, { kind: "sqlite", path: `${d.plan.dataDir}/live/live.db` });
  let onEnd = (_meetingId: string) => {};
  /** The meetings that the controller runs: opened by a client with a ticket, and not told to end. */
  const running = new Set<string>();
  await using mc = await controller(d, 0, (request) => {
    const ended = /^POST \/api\/v1\/internal\/meetings\/(.+)\/end$/.exec(request)?.[1];
    if (ended === undefined) return;
    running.delete(ended);
    onEnd(ended);
  });
  await mc.register();
  await registerHandler(d);

  /** What a shard does when a client comes. */
  async function open(meeting_id: string, signaling_url: string): Promise<boolean> {
    const { id, instance_id, endpoints } = mc.registration;
    const shard = endpoints.shards.find((endpoint) => endpoint.signaling_url === signaling_url)?.shard ?? "";
    running.add(meeting_id);
    const acquired = await live.leases.ask("acquire", {
      meeting_id,
      controller_id: id,
      instance_id,
      shard,
    });
    if (!acquired.ok) running.delete(meeting_id);
    return acquired.ok;
  }

  const endsOf = (meeting_id: string) =>
    mc.asked.filter((request) => request.endsWith(`/${meeting_id}/end`)).length;

  await t.step(`${RACES} races`, async () => {
    for (let race = 0; race < RACES; race++) {
      const { code, meeting_id } = await createMeeting(ann);
      const path = `/api/v1/meetings/${code}`;
      const joining = async () => {
        const answer = await send("POST", `${path}/join`, { token: ann, body: {} });
        if (answer.status !== 200) return assertEquals(answer.code, "MEETING_ENDED");
        await open(meeting_id, ticket.parse(answer.body).signaling_url);
      };
      const ending = async () => {
        for (let trip = 0; trip < race % HEAD_STARTS; trip++) await send("GET", "/health");
        assertEquals((await send("DELETE", path, { token: ann })).status, 204);
      };
      await Promise.all([joining(), ending()]);
      assertEquals(valueOf(await live.leases.ask("lease", { meeting_id })), null);
    }
    assertEquals([...running], []);
  });

  await t.step("a ticket of before opens nothing after the end", async () => {
    const { code, meeting_id } = await createMeeting(ann);
    const { signaling_url } = await join(code, ann);
    await send("DELETE", `/api/v1/meetings/${code}`, { token: ann });
    assertEquals(await open(meeting_id, signaling_url), false);
  });

  await t.step("a second end tells the controller again", async () => {
    const { code, meeting_id } = await createMeeting(ann);
    await open(meeting_id, (await join(code, ann)).signaling_url);
    const end = () => send("DELETE", `/api/v1/meetings/${code}`, { token: ann });
    assertEquals([(await end()).status, endsOf(meeting_id)], [204, 1]);
    assertEquals([(await end()).status, endsOf(meeting_id)], [204, 2]);
  });

  await t.step("an end that the live store could not be told takes effect once it can", async () => {
    const { code, meeting_id } = await createMeeting(ann);
    await open(meeting_id, (await join(code, ann)).signaling_url);
    const end = () => send("DELETE", `/api/v1/meetings/${code}`, { token: ann });
    using file = new DatabaseSync(`${d.plan.dataDir}/live/live.db`);
    file.exec("BEGIN IMMEDIATE");
    assertEquals([(await end()).status, endsOf(meeting_id)], [503, 0]);
    const told = Promise.withResolvers<void>();
    onEnd = (ended) => ended === meeting_id && told.resolve();
    file.exec("ROLLBACK");
    await told.promise;
    while (valueOf(await live.leases.ask("lease", { meeting_id })) !== null);
  });
});
