import { assertEquals } from "@std/assert";
import { tellMeetingFacts } from "../../../global/meetings/tell_meeting_facts.ts";
import { addMeeting, changeMeeting } from "../../../global/meetings/meeting_store.ts";
import { factsOf } from "../../../global/meetings/meeting_view.ts";
import { MeetingControllerRegistry } from "../../../global/placement/registry_protocol.ts";
import { migrations } from "../../../global/store/migrations.ts";
import type { GlobalTables, MeetingRow } from "../../../global/store/schema.ts";
import { createScope, fail } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { ServiceTokens } from "../../../shared/auth/mod.ts";
import { defaultMeetingSettings } from "../../../shared/protocol/mod.ts";
import { Leases } from "../../../shared/store/live/mod.ts";
import { openSqlite } from "../../../shared/store/mod.ts";

const by = { actor: "ann", address: "192.0.2.1" };
const row: MeetingRow = {
  meeting_id: "m-1",
  code: "code",
  org_id: "org-1",
  creator: "ann",
  display_name: "Weekly",
  max_participants: 10,
  settings: JSON.stringify(defaultMeetingSettings),
  permission_changes: "{}",
  created_at: 1,
  ended_at: null,
  term: 1,
};

/** A stored meeting, with a controller that answers what the test says. */
async function runningMeeting() {
  const folder = await Deno.makeTempDir();
  const store = await openSqlite<GlobalTables>({ path: `${folder}/global.db`, migrations });
  await addMeeting(store, row, by);
  const scope = createScope();
  const [leases, registry, tokens] = [
    createProbe(scope, Leases),
    createProbe(scope, MeetingControllerRegistry),
    createProbe(scope, ServiceTokens),
  ];
  tokens.answer("token", () => "token");
  leases.answer("updateFacts", () => undefined);
  const controller = {
    status: 204,
    /** The names that the meeting was told to have. */
    told: [] as string[],
    whileTold: (): Promise<unknown> => Promise.resolve(),
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { meeting } = await request.json();
    controller.told.push(meeting.display_name);
    await controller.whileTold();
    return new Response(null, { status: controller.status });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  const place = { controller_id: "mc-1", instance_id: "first", shard: "0" };
  registry.answer("locate", () => ({
    lease: {
      ...place,
      meeting_id: "m-1",
      facts: factsOf(row, "http://localhost"),
      handlers: [],
      generation: 1,
    },
    owner: "meeting",
    internal_url: url,
  }));
  const services = {
    store,
    registry: registry.ref,
    serviceTokens: tokens.ref,
    live: { leases: leases.ref },
    settings: { publicUrl: "http://localhost" },
  };
  return {
    controller,
    crash: () => server.shutdown(),
    leases,
    registry,
    tell: () => tellMeetingFacts(services, "m-1", []),
    rename: (display_name: string) => changeMeeting(store, "m-1", () => ({ display_name }), 2, by),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await scope.close();
      await store[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("telling of a change › a change that comes meanwhile is told as well", async () => {
  await using meeting = await runningMeeting();
  const { controller } = meeting;
  controller.whileTold = () => controller.told.length > 1 ? Promise.resolve() : meeting.rename("Daily");
  assertEquals(await meeting.tell(), true);
  assertEquals(controller.told, ["Weekly", "Daily"]);
});

Deno.test("telling of a change › a controller that doesn't take it has not heard of it", async () => {
  await using meeting = await runningMeeting();
  meeting.controller.status = 503;
  assertEquals(await meeting.tell(), false);
  meeting.controller.status = 204;
  assertEquals(await meeting.tell(), true);
});

Deno.test("telling of a change › a controller that is dead need not hear of it: the next one finds it in the lease", async () => {
  await using meeting = await runningMeeting();
  await meeting.crash();
  assertEquals(await meeting.tell(), true);
  meeting.leases.answer("updateFacts", () => fail("unavailable", "It is away."));
  assertEquals(await meeting.tell(), false, "the lease has it not");
});

Deno.test("telling of a change › while it can't be said who runs the meeting, that controller has not heard of it", async () => {
  await using meeting = await runningMeeting();
  meeting.registry.answer("locate", () => fail("unavailable", "It is away."));
  assertEquals(await meeting.tell(), false);
  meeting.leases.answer("updateFacts", () => fail("unavailable", "It is away."));
  assertEquals(await meeting.tell(), false);
  meeting.leases.answer("updateFacts", () => fail("unknown", "It is not placed."));
  assertEquals(await meeting.tell(), false, "its lease may only be lost");
});

Deno.test("telling of a change › a lease that comes back meanwhile has the facts of before", async () => {
  await using meeting = await runningMeeting();
  meeting.leases.answer("updateFacts", () => fail("unknown", "It is not placed."));
  assertEquals(await meeting.tell(), false);
});

Deno.test("telling of a change › of a meeting that nobody runs there is nobody to tell", async () => {
  await using meeting = await runningMeeting();
  meeting.controller.status = 404;
  assertEquals(await meeting.tell(), true, "nobody has opened it yet");
  meeting.registry.answer("locate", () => null);
  assertEquals(await meeting.tell(), true, "its controller is gone");
  meeting.leases.answer("updateFacts", () => fail("unknown", "It is not placed."));
  assertEquals(await meeting.tell(), true);
  assertEquals(meeting.controller.told, ["Weekly"]);
});
