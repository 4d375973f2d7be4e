import { assert, assertEquals } from "@std/assert";
import { type ActorRef, valueOf } from "../../../shared/actor/mod.ts";
import { createProbe, createTestKit, type Probe, type TestKit } from "../../../shared/actor/testing/mod.ts";
import { Upstream } from "../../../meeting/platform/upstream.ts";
import type { HandlerLink } from "../../../meeting/routing/handler_links_protocol.ts";
import { ReportTaker } from "../../../meeting/routing/neighbours.ts";
import { HandlerLinksActor } from "../../../meeting/shard/handler_links.ts";
import { FakeHandler } from "../routing/support/fake_handler.ts";
import { HandlerWire } from "../routing/support/handler_wire.ts";

const minutesMs = 60_000;

interface OpenMeeting {
  readonly routing: Probe<typeof ReportTaker>;
  end(): Promise<void>;
  die(): Promise<void>;
}

interface Links {
  readonly kit: TestKit;
  readonly wire: HandlerWire;
  /** The link to the handler; another one where the former has ended. */
  link(): Promise<ActorRef<typeof HandlerLink>>;
  /** A meeting opens the link. Answers the end of the meeting: it tells the links, or ends without a word. */
  openMeeting(): Promise<OpenMeeting>;
}

function test(name: string, body: (links: Links) => Promise<void>): void {
  Deno.test(`handler links › ${name}`, async () => {
    const kit = createTestKit(3);
    const scope = kit.createScope({ deadlineMs: 10_000 });
    const upstream = createProbe(scope, Upstream, "upstream");
    upstream.answer("linkToken", () => ({ token: "t", expires_in_seconds: 3_600 }));
    const wire = new HandlerWire(new FakeHandler(), kit.runtime);
    const links = scope.spawn(HandlerLinksActor, {
      upstream: upstream.ref,
      runtime: kit.runtime,
      openSocket: (_url, options) => wire.open(options),
    }, { name: "links" });
    const link = async () => valueOf(await kit.finish(links.ask("link", { url: "ws://mh-1/link" })));
    await body({
      kit,
      wire,
      link,
      async openMeeting() {
        const controller = kit.createScope({ deadlineMs: 10_000 });
        const probe = createProbe(controller, ReportTaker, "routing");
        const routing = probe.ref;
        const opened = await kit.finish((await link()).ask("control", { meetingId: "m", routing }));
        assert(opened.ok);
        return {
          routing: probe,
          async end() {
            assertEquals(links.tell("forget", { meetingId: "m", routing }), "accepted");
            await kit.settle();
          },
          die: () => kit.finish(controller.close(0)),
        };
      },
    });
    await kit.finish(scope.close(1_000));
  });
}

for (const how of ["end", "die"] as const) {
  test(`one without a socket ends five minutes after its last meeting (${how})`, async ({ kit, wire, link, openMeeting }) => {
    const meeting = await openMeeting();
    const before = await link();
    wire.cut("refused");
    await kit.advance(10 * minutesMs);
    assertEquals(await link() === before, true, "a meeting may need it");
    await meeting[how]();
    await kit.advance(5 * minutesMs - 1_000);
    assertEquals(await link() === before, true, "a meeting may come");
    await kit.advance(2_000);
    assertEquals(await link() === before, false);
  });
}

test("one with a socket and without a meeting stays until five minutes after its handler is gone", async (links) => {
  const { kit, wire, link, openMeeting } = links;
  const before = await link();
  await (await openMeeting()).end();
  await kit.advance(10 * minutesMs);
  wire.cut("refused");
  await kit.advance(5 * minutesMs - 1_000);
  assertEquals(await link() === before, true);
  await kit.advance(2_000);
  assertEquals(await link() === before, false);
});

test("one whose handler and meeting come again in time stays", async ({ kit, wire, link, openMeeting }) => {
  const before = await link();
  const first = await openMeeting();
  wire.cut("refused");
  await first.end();
  await kit.advance(4 * minutesMs);
  wire.heal();
  await openMeeting();
  await kit.advance(10 * minutesMs);
  assertEquals(await link() === before, true);
});

test("a meeting that was opened anew gets its reports, though the one before ends late", async ({ kit, link, openMeeting }) => {
  const before = await openMeeting();
  const { routing } = await openMeeting();
  await before.end();
  const reports = [{ report: "router.lost", router_id: "r", reason: "a test took it" }] as const;
  assertEquals((await link()).tell("reported", { meetingId: "m", reports }), "accepted");
  await kit.settle();
  assertEquals(routing.received.map(({ name }) => name), ["reported"]);
});
