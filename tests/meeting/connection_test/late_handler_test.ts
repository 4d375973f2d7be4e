import { assertEquals } from "@std/assert";
import { later } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit } from "../../../shared/actor/testing/mod.ts";
import { MediaControl } from "../../../shared/protocol/media/control.ts";
import { Leases } from "../../../shared/store/live/mod.ts";
import { ConnectionTestActor } from "../../../meeting/connection_test/connection_test.ts";
import { HandlerLink, HandlerLinks } from "../../../meeting/routing/handler_links_protocol.ts";
import { transportsOf } from "../../client/noted_transports.ts";
import { capabilities } from "../../media/fixtures/rtp.ts";
import { leaseOf } from "../routing/support/lease.ts";

const inventory = { batch: 0, routers: [{ router_id: "r", participants: [], pipes: [] }] };

/** A test of a meeting with two handlers. The first answers an `open` only once the test says so. */
function start(second: "opens" | "is late too") {
  const kit = createTestKit(3);
  const scope = kit.createScope();
  const late = Promise.withResolvers<typeof inventory>();
  const links = createProbe(scope, HandlerLinks, "links");
  const controls = ["mh-1", "mh-2"].map((id) => {
    const control = createProbe(scope, MediaControl, id);
    control.answer("open", () => id === "mh-2" && second === "opens" ? inventory : later(late.promise));
    const outcome = { ok: true, step: "transports.open", state: "new", ...transportsOf("one") };
    control.answer("apply", () => ({ outcomes: [outcome] }));
    control.answer("close", () => undefined);
    const link = createProbe(scope, HandlerLink, `link of ${id}`);
    link.answer("control", () => control.ref);
    return { id, control, link };
  });
  links.answer("link", (body) => controls.find(({ id }) => JSON.stringify(body).includes(id))?.link.ref);
  const leases = createProbe(scope, Leases, "leases");
  leases.answer("lease", () => leaseOf(["mh-1", "mh-2"]));
  const init = { meetingId: "m", leases: leases.ref, links: links.ref, onEnd() {} };
  const ref = scope.spawn(ConnectionTestActor, init);
  return { kit, ref, late, links, received: () => controls.map(({ control }) => control.received) };
}

const names = (received: readonly { readonly name: string }[]) => received.map(({ name }) => name);

Deno.test("connection test › a handler that opens it late, after another one did, is told to close it", async () => {
  const { kit, ref, late, links, received } = start("opens");
  const opened = ref.ask("open", { rtpCapabilities: capabilities }, { timeoutMs: 15_000 });
  await kit.advance(6_000);
  assertEquals((await opened).ok, true);
  late.resolve(inventory);
  await kit.advance(20_000);
  assertEquals(received().map(names), [["open", "close"], ["open", "apply", "close"]]);
  const [first, second] = received().map((all) => all.at(-1)?.body);
  assertEquals(first, second);
  assertEquals(links.received.at(-1)?.name, "forget");
});

Deno.test("connection test › handlers that all open it late are told to close it", async () => {
  const { kit, ref, late, links, received } = start("is late too");
  const opened = ref.ask("open", { rtpCapabilities: capabilities }, { timeoutMs: 15_000 });
  await kit.advance(11_000);
  assertEquals((await opened).ok, false);
  late.resolve(inventory);
  await kit.advance(20_000);
  assertEquals(received().map(names), [["open", "close"], ["open", "close"]]);
  assertEquals(links.received.at(-1)?.name, "forget");
});
