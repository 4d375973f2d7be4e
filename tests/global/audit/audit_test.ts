import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { uuidV7 } from "../../../shared/uuid_v7.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { ports } from "../../../shared/dev/plan.ts";
import { startChild } from "../../../shared/dev/up/running_child.ts";
import { ticket } from "../../../shared/protocol/mod.ts";
import { Client } from "../../meeting/support/client.ts";
import { type Deployment, deployment, processesOf } from "../support/deployment.ts";

const page = z.object({
  items: z.array(z.looseObject({
    audit_id: z.string(),
    type: z.string(),
    actor: z.string(),
    subject: z.string(),
    organization_id: z.string().nullable(),
    address: z.string(),
    details: z.record(z.string(), z.unknown()),
  })),
});
type Entries = z.infer<typeof page>["items"];

/** Entries of a type, as soon as there are some. */
async function trail(d: Deployment, token: string, type: string): Promise<Entries> {
  for (;;) {
    const { body } = await client(d).send("GET", `/api/v1/admin/audit?type=${type}`, { token });
    const { items } = page.parse(body);
    if (items.length > 0) return items;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("audit › what happened to meetings while AC was away is in its trail once, past an entry it refuses", async () => {
  await using d = await deployment();
  const { send, user, admin, createMeeting } = client(d);
  const [ann, administrator] = [await user("ann"), await admin()];
  // GC knows AC's keys from now on.
  assertEquals((await send("GET", "/api/v1/me", { token: ann })).status, 200);
  assertEquals(await d.stop("auth"), 0);
  const { code, meeting_id } = await createMeeting(ann);
  const change = { display_name: "Ann and Bob", max_participants: 7 };
  assertEquals((await send("PATCH", `/api/v1/meetings/${code}`, { token: ann, body: change })).status, 200);
  const database = new DatabaseSync(`${d.plan.dataDir}/global/global.db`);
  const insert = database.prepare("INSERT INTO audit_outbox (audit_id, entry) VALUES (?, ?)");
  insert.run(uuidV7(Date.now()), JSON.stringify({ type: "login" }));
  database.close();
  assertEquals((await send("DELETE", `/api/v1/meetings/${code}`, { token: ann })).status, 204);
  await d.start("auth");

  const { sub, org_id } = claimsOf(ann);
  const common = {
    organization_id: String(org_id),
    actor: String(sub),
    subject: meeting_id,
    address: "127.0.0.1",
    result: "ok",
  };
  const seen = [];
  for (const type of ["meeting_ended", "meeting_changed", "meeting_created"]) {
    seen.push(...(await trail(d, administrator, type)).map(({ audit_id: _, at: __, ...entry }) => entry));
  }
  assertEquals(seen, [
    { ...common, type: "meeting_ended", details: {} },
    {
      ...common,
      type: "meeting_changed",
      details: { changed: "display_name max_participants", max_participants: 7 },
    },
    { ...common, type: "meeting_created", details: {} },
  ]);
  const metrics = String((await send("GET", "/metrics")).body);
  assertStringIncludes(metrics, 'gc_audit_failures_total{result="refused"} 1');
  assertStringIncludes(metrics, "gc_audit_waiting 0");
});

Deno.test("audit › GC takes what the hosts did from the controller that runs the meeting, and adds whose it is", async () => {
  await using d = await deployment();
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const ann = await user("ann");
  const { code, meeting_id } = await createMeeting(ann);
  await join(code, ann);
  const token = await d.serviceToken("meeting", "service.register-controller.gc");
  const at = Date.now();
  const entry = {
    audit_id: uuidV7(at),
    at: new Date(at).toISOString(),
    type: "guest_denied",
    actor: "host-1",
    subject: "guest-1",
    address: "",
    result: "ok",
    details: { meeting_id: "another" },
  };
  const path = `/api/v1/internal/meetings/${meeting_id}/audit`;
  const sent = async (body: unknown, by = token, to = path) =>
    (await send("POST", to, { token: by, body })).status;
  assertEquals(await sent({ entries: [entry] }), 204);
  assertEquals(await sent({ entries: [entry] }), 204);
  assertEquals(await sent({ entries: [{ ...entry, type: "meeting_created" }] }), 400);
  assertEquals(await sent({ entries: [{ ...entry, organization_id: "o-2" }] }), 400);
  assertEquals(await sent({ entries: [] }), 400);
  assertEquals(await sent({ entries: [entry] }, ann), 401);
  const other = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
  assertEquals(await sent({ entries: [entry] }, other), 403);
  const nowhere = `/api/v1/internal/meetings/${crypto.randomUUID()}/audit`;
  assertEquals(await sent({ entries: [entry] }, token, nowhere), 404);
  const [denied, ...rest] = await trail(d, await admin(), "guest_denied");
  assertEquals([denied?.audit_id, denied?.organization_id, denied?.details, rest], [
    entry.audit_id,
    claimsOf(ann).org_id,
    { meeting_id },
    [],
  ]);
});

async function answers(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A real meeting controller, as `up` starts it, once GC sends meetings there. */
async function meetingController(d: Deployment): Promise<AsyncDisposable> {
  const process = (await processesOf(d.plan)).find(({ name }) => name === "meeting");
  if (process === undefined) throw new Error("no meeting controller");
  const child = startChild(process, () => {});
  const shards = ports.shards(d.plan, 0).map((port) => `http://127.0.0.1:${port}/health`);
  await Promise.all([process.readyUrl, ...shards].map(answers));
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exit;
    },
  };
}

Deno.test("audit › who was let in by whom is seen by the organisation's admins and by no other's", async () => {
  await using d = await deployment({ organization: "others" });
  await using _mc = await meetingController(d);
  await registerHandler(d);
  const { send, user, admin, createMeeting, join } = client(d);
  const [ann, bob, operator] = [await user("ann"), await user("bob"), await admin()];
  const adminOf = async (organization: string) => {
    const login = { email: `admin@${organization}.example`, password: "correct horse", organization };
    const made = { ...login, display_name: "Admin", roles: ["member", "admin"] };
    assertEquals((await send("POST", "/api/v1/admin/users", { token: operator, body: made })).status, 201);
    const { body } = await send("POST", "/api/v1/auth/user/token", { body: login });
    return z.object({ access_token: z.string() }).parse(body).access_token;
  };
  const [own, others] = [await adminOf("default"), await adminOf("others")];

  const { code, meeting_id } = await createMeeting(ann, {
    settings: { allow_guests: true, waiting_room: true },
  });
  const place = await join(code, ann);
  using host = new Client(place.signaling_url, place.token);
  await host.join();
  const bobs = await join(code, bob);
  using removed = new Client(bobs.signaling_url, bobs.token);
  await removed.join();
  const guest = async (display_name: string) => {
    const { body } = await send("POST", `/api/v1/meetings/${code}/guest-token`, { body: { display_name } });
    const { token, signaling_url } = ticket.parse(body);
    const connection = new Client(signaling_url, token);
    const { state, participant_id } = await connection.join();
    assertEquals(state, "waiting");
    return { connection, participant_id, sub: String(claimsOf(token).sub) };
  };
  const [gil, eve] = [await guest("Gil"), await guest("Eve")];
  using _gil = gil.connection;
  using _eve = eve.connection;
  assert((await host.request("moderation.admit", { participant_ids: [gil.participant_id] })).ok);
  await gil.connection.told("admitted");
  assert((await host.request("moderation.deny", { participant_ids: [eve.participant_id] })).ok);
  assertEquals((await eve.connection.ended).reason, "removed");
  const bobsId = String(claimsOf(bob).sub);
  const path = `/api/v1/admin/users/${bobsId}`;
  assertEquals((await send("PATCH", path, { token: operator, body: { disabled: true } })).status, 200);
  assertEquals((await removed.ended).reason, "removed");
  assert((await host.request("moderation.lock", { locked: true })).ok);
  void host.request("meeting.end", {});
  assertEquals((await host.ended).reason, "meetingEnded");

  const { sub, org_id } = claimsOf(ann);
  const seen: unknown[] = [];
  for (
    const type of ["meeting_created", "guest_admitted", "guest_denied", "meeting_locked", "meeting_ended"]
  ) {
    for (const entry of await trail(d, own, type)) {
      const { actor, subject, organization_id, address, details } = entry;
      seen.push([entry.type, subject, details]);
      assertEquals([actor, organization_id, address], [sub, org_id, "127.0.0.1"]);
      assertEquals(JSON.stringify(entry).includes("Gil"), false);
    }
  }
  const waited = { meeting_id, participant_type: "guest" };
  assertEquals(seen, [
    ["meeting_created", meeting_id, {}],
    ["guest_admitted", gil.sub, waited],
    ["guest_denied", eve.sub, waited],
    ["meeting_locked", meeting_id, { meeting_id, locked: 1 }],
    ["meeting_ended", meeting_id, {}],
  ]);
  const [removeUser, ...more] = await trail(d, own, "participant_removed");
  assertEquals([removeUser?.actor, removeUser?.subject, removeUser?.details, more], [
    "system",
    bobsId,
    { meeting_id },
    [],
  ]);
  const { body } = await send("GET", "/api/v1/admin/audit?limit=200", { token: others });
  const theirs = page.parse(body).items.filter(({ type }) => /^(meeting|guest|participant)_/.test(type));
  assertEquals(theirs, []);
});
