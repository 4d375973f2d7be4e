import { assertEquals } from "@std/assert";
import {
  controllerRegistration,
  createMeetingBody,
  listQuery,
  meetingTokenBody,
  patchMeetingBody,
  registerBody,
  ticket,
  userTokenBody,
} from "../../shared/protocol/rest.ts";

Deno.test("meeting body › a name is enough", () => {
  assertEquals(createMeetingBody.parse({ display_name: "Weekly" }), { display_name: "Weekly" });
});

Deno.test("meeting body › an unknown field is refused, at any depth", () => {
  assertEquals(createMeetingBody.safeParse({ display_name: "Weekly", owner: "me" }).success, false);
  assertEquals(patchMeetingBody.safeParse({ settings: { waitingroom: true } }).success, false);
});

Deno.test("meeting body › end-to-end encryption is refused until it exists", () => {
  assertEquals(
    createMeetingBody.safeParse({ display_name: "Weekly", settings: { e2ee: true } }).success,
    false,
  );
  assertEquals(
    createMeetingBody.safeParse({ display_name: "Weekly", settings: { e2ee: false } }).success,
    true,
  );
});

Deno.test("list query › has a default of 50 and a bound of 200", () => {
  assertEquals(listQuery.parse({}), { limit: 50 });
  assertEquals(listQuery.parse({ limit: "200", cursor: "abc" }), { limit: 200, cursor: "abc" });
  for (const limit of ["0", "201", "ten", "", "0x2", "2e0", "2.0", "+2", " 2"]) {
    assertEquals(listQuery.safeParse({ limit }).success, false, limit);
  }
});

Deno.test("login body › the address is compared in lower case", () => {
  assertEquals(userTokenBody.parse({ email: "Ann@Example.ORG", password: "x" }).email, "ann@example.org");
});

Deno.test("register body › allows markup in a name, refuses a short password, a bad address and an unknown field", () => {
  const good = { email: "ann@example.org", password: "long enough", display_name: "<b>Ann</b>" };
  assertEquals(registerBody.safeParse(good).success, true);
  assertEquals(registerBody.safeParse({ ...good, password: "short" }).success, false);
  assertEquals(registerBody.safeParse({ ...good, email: "ann" }).success, false);
  assertEquals(registerBody.safeParse({ ...good, roles: ["operator"] }).success, false);
});

Deno.test("meeting token body › lives at most 900 seconds", () => {
  const body = {
    sub: "u1",
    meeting_id: "m1",
    meeting_org_id: "o1",
    home_org_id: "o1",
    participant_type: "member",
    role: "host",
    capabilities: [],
    display_name: "Ann",
  };
  assertEquals(meetingTokenBody.safeParse({ ...body, ttl_seconds: 900 }).success, true);
  assertEquals(meetingTokenBody.safeParse({ ...body, ttl_seconds: 901 }).success, false);
  assertEquals(meetingTokenBody.safeParse({ ...body, role: "operator" }).success, false);
});

Deno.test("ticket › a signaling URL must be a WebSocket's", () => {
  const good = {
    token: "t",
    expires_in: 900,
    meeting_id: "m1",
    signaling_url: "ws://localhost:8090/signaling",
    rtp_capabilities: { codecs: [], headerExtensions: [] },
    ice_servers: [],
  };
  assertEquals(ticket.safeParse(good).success, true);
  assertEquals(ticket.safeParse({ ...good, signaling_url: "javascript:alert(1)" }).success, false);
});

Deno.test("controller registration › names at least one shard", () => {
  const body = {
    id: "mc-1",
    instance_id: "i1",
    region: "local",
    zone: "local",
    capacity: { meetings: 1_000, participants: 5_000 },
  };
  const shard = {
    shard: "0",
    signaling_url: "ws://localhost:8090/signaling",
    internal_url: "http://127.0.0.1:8090",
  };
  const endpoints = { control_url: "http://127.0.0.1:8083", shards: [shard] };
  assertEquals(controllerRegistration.safeParse({ ...body, endpoints }).success, true);
  assertEquals(
    controllerRegistration.safeParse({ ...body, endpoints: { ...endpoints, shards: [] } }).success,
    false,
  );
});
