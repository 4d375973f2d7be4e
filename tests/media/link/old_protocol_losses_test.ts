import { assertEquals, assertNotEquals } from "@std/assert";
import { type ActorRef, valueOf } from "../../../shared/actor/mod.ts";
import type { RoutingTable } from "../../../shared/protocol/media_link.ts";
import { type Handler, startHandler } from "../fixtures/handler.ts";
import { capabilities } from "../fixtures/rtp.ts";
import { until } from "../fixtures/until.ts";

const fence = (meeting_id: string) => ({ meeting_id, generation: 1 });

async function attach(routing: ActorRef<typeof RoutingTable>, meeting_id: string) {
  const body = {
    ...fence(meeting_id),
    participant_id: "ada",
    rtp_capabilities: capabilities,
    producer_ids: [],
  };
  return valueOf(await routing.ask("attach", body));
}

async function pidOf({ workers }: Handler, index: number): Promise<number> {
  const worker = workers[index];
  if (worker === undefined) throw new RangeError(`There is no worker ${index}`);
  return valueOf(await worker.ask("describe", undefined)).pid;
}

Deno.test("old protocol › SFU worker: a killed process is reported, replaced, and takes the meeting again", async () => {
  await using handler = await startHandler({ workers: 1 });
  const killed = await pidOf(handler, 0);
  const { routing, events } = handler.link("one");
  const other = handler.link("two");
  await routing.ask("open", fence("a"));
  await other.routing.ask("open", fence("b"));
  await attach(routing, "a");
  await attach(other.routing, "b");
  Deno.kill(killed, "SIGKILL");
  assertEquals(await events.first("meetingsLost"), { meeting_ids: ["a"], reason: "SFU worker 0 died" });
  assertEquals((await other.events.first("meetingsLost")).meeting_ids, ["b"]);
  const gone = await routing.ask("detach", { ...fence("a"), participant_id: "ada" });
  assertEquals(gone.ok ? "ok" : gone.error.code, "not_found");
  assertNotEquals(await pidOf(handler, 0), killed);
  await until(async () => (await routing.ask("open", fence("a"))).ok || undefined);
  const { send } = await attach(routing, "a");
  assertEquals(send.iceCandidates[0]?.port, handler.firstPort);
  const metrics = await handler.metrics.registry.metrics();
  assertEquals(/^mh_worker_restarts_total (\d+)$/m.exec(metrics)?.[1], "1");
});

Deno.test("old protocol › SFU worker: requests that were under way when it died are answered", async () => {
  await using handler = await startHandler({ workers: 1 });
  const { routing } = handler.link("one");
  await routing.ask("open", fence("a"));
  await attach(routing, "a");
  const pid = await pidOf(handler, 0);
  const asked = Array.from({ length: 20 }, (_, n) =>
    routing.ask("attach", {
      ...fence("a"),
      participant_id: `p${n}`,
      rtp_capabilities: capabilities,
      producer_ids: [],
    }));
  Deno.kill(pid, "SIGKILL");
  const codes = (await Promise.all(asked)).map((one) => one.ok ? "ok" : one.error.code);
  const expected = new Set(["ok", "unavailable", "not_found"]);
  assertEquals(codes.filter((code) => !expected.has(code)), []);
});

Deno.test("old protocol › SFU worker: meetings are spread, and one that stands still holds up no other's meeting", async () => {
  await using handler = await startHandler({ workers: 2 });
  const { routing } = handler.link("one");
  for (const meeting of ["a", "b"]) await routing.ask("open", fence(meeting));
  const ports = [];
  for (const meeting of ["a", "b"]) ports.push((await attach(routing, meeting)).send.iceCandidates[0]?.port);
  assertEquals(ports.toSorted(), [handler.firstPort, handler.firstPort + 1]);
  const pid = await pidOf(handler, ports[0] === handler.firstPort ? 0 : 1);
  Deno.kill(pid, "SIGSTOP");
  try {
    const waiting = routing.ask("attach", {
      ...fence("a"),
      participant_id: "bob",
      rtp_capabilities: capabilities,
      producer_ids: [],
    });
    await attach(routing, "b");
    Deno.kill(pid, "SIGCONT");
    assertEquals((await waiting).ok, true);
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
});

Deno.test("old protocol › link down: its meetings are kept for a while, and stay when another link opens them", async () => {
  await using handler = await startHandler({ workers: 1, orphanMs: 30 });
  const { routing } = handler.link("one");
  const next = handler.link("two");
  await routing.ask("open", fence("kept"));
  await routing.ask("open", fence("dropped"));
  await attach(routing, "kept");
  await attach(routing, "dropped");
  await next.routing.ask("open", { ...fence("kept"), generation: 2 });
  handler.table.tell("linkDown", { link: "one" });
  await until(async () => valueOf(await handler.table.ask("status", undefined)).meetings === 1 || undefined);
  const { participants } = valueOf(await next.routing.ask("open", { ...fence("kept"), generation: 2 }));
  assertEquals(participants.map(({ participant_id }) => participant_id), ["ada"]);
  const dropped = await next.routing.ask("detach", { ...fence("dropped"), participant_id: "ada" });
  assertEquals(dropped.ok ? "ok" : dropped.error.code, "not_found");
});
