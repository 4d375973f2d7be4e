import { assertEquals } from "@std/assert";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { MediaControl } from "../../../shared/protocol/media/control.ts";
import { closeCodes } from "../../../shared/protocol/mod.ts";
import { Leases } from "../../../shared/store/live/mod.ts";
import { ConnectionTestActor } from "../../../meeting/connection_test/connection_test.ts";
import { shardMetrics } from "../../../meeting/metrics.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import { HandlerLink, HandlerLinks } from "../../../meeting/routing/handler_links_protocol.ts";
import { MediaRouting } from "../../../meeting/routing/media_routing_protocol.ts";
import type { ClientListener } from "../../../meeting/signaling/client_socket.ts";
import { ConnectionActor } from "../../../meeting/signaling/connection.ts";
import { MeetingState } from "../../../meeting/state/meeting_state_protocol.ts";
import { transportsOf } from "../../client/noted_transports.ts";
import { capabilities } from "../../media/fixtures/rtp.ts";
import { leaseOf } from "../routing/support/lease.ts";
import { claimsOf } from "../state/meeting_world.ts";

Deno.test("connection test › it ends after 20 s, with its connection and its router", async () => {
  const kit = createTestKit(9);
  const scope = kit.createScope();
  const control = createProbe(scope, MediaControl, "control");
  control.answer("open", () => ({ batch: 0, routers: [{ router_id: "r", participants: [], pipes: [] }] }));
  const outcome = { ok: true, step: "transports.open", state: "new", ...transportsOf("one") };
  control.answer("apply", () => ({ outcomes: [outcome] }));
  control.answer("close", () => undefined);
  const link = createProbe(scope, HandlerLink, "link");
  link.answer("control", () => control.ref);
  const links = createProbe(scope, HandlerLinks, "links");
  links.answer("link", () => link.ref);
  const leases = createProbe(scope, Leases, "leases");
  leases.answer("lease", () => leaseOf(["mh-1"]));
  let ended = 0;
  let listener: ClientListener | undefined;
  const sent: string[] = [];
  const closed: number[] = [];
  scope.spawn(ConnectionActor, {
    socket: {
      address: "127.0.0.1",
      listen: (given) => void (listener = given),
      handled() {},
      send: (...texts) => void sent.push(...texts),
      sendSoon: (...texts) => void sent.push(...texts),
      ping: () => null,
      settle() {},
      close: (code) => void closed.push(code),
    },
    claims: claimsOf("ada"),
    meeting: createProbe(scope, MeetingState, "meeting").ref,
    routing: createProbe(scope, MediaRouting, "routing").ref,
    upstream: createProbe(scope, Upstream, "upstream").ref,
    limits: { joinTimeoutMs: 5_000, silenceMs: 60_000 },
    metrics: shardMetrics(),
    now: () => 0,
    tests: {
      start: (spawn, { meeting_id: meetingId }) => {
        const init = { meetingId, leases: leases.ref, links: links.ref, onEnd: () => void ended++ };
        return spawn(ConnectionTestActor, init);
      },
    },
  });
  listener?.frame(JSON.stringify({ id: 1, type: "test.open", data: { rtp_capabilities: capabilities } }));
  await kit.settle();
  assertEquals(JSON.parse(sent[0] ?? "").data.seconds_left, 20);
  await kit.advance(19_000);
  assertEquals([closed, ended], [[], 0]);
  await kit.advance(2_000);
  assertEquals([closed[0], ended], [closeCodes.noJoinInTime, 1]);
  assertEquals(control.received.map(({ name }) => name), ["open", "apply", "close"]);
  assertEquals(links.received.at(-1)?.name, "forget");
});
