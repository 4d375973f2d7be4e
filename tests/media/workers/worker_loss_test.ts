import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import * as mediasoup from "mediasoup";
import type { Router } from "mediasoup/types";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { type Handler, startHandler } from "../fixtures/handler.ts";
import { codesOf, openMeeting, stepsOn } from "../fixtures/open_meeting.ts";
import { until } from "../fixtures/until.ts";

async function pidOf({ workers }: Handler, index: number): Promise<number> {
  const worker = workers[index];
  if (worker === undefined) throw new RangeError(`There is no worker ${index}`);
  return valueOf(await worker.ask("describe", undefined)).pid;
}

const lostRouters = (routerId: string) => [
  { report: "router.lost" as const, router_id: routerId, reason: "SFU worker 0 died" },
];

Deno.test("SFU worker › each router of a dead worker is reported, and its meeting goes on with another", async () => {
  await using handler = await startHandler({ workers: 2 });
  const one = handler.connect("one");
  const other = handler.connect("other");
  const meeting = await openMeeting(one.control);
  const { router_id } = await meeting.done({ step: "router.open" });
  const quiet = await openMeeting(other.control, "quiet");
  await meeting.done(meeting.steps.transports("ada"));
  await meeting.done(stepsOn(router_id).transports("bob"));
  const killed = await pidOf(handler, 0);
  Deno.kill(killed, "SIGKILL");
  assertEquals(await one.reports.first("router.lost", 1), lostRouters(meeting.router_id));
  assertEquals(await other.reports.first("router.lost", 1), lostRouters(quiet.router_id));
  assertEquals(await meeting.codeOf(meeting.steps.transports("ada")), "not_found");
  // The other router takes the participant of the lost one.
  assertEquals(await meeting.codeOf(stepsOn(router_id).transports("ada")), "ok");
  const { routers } = await meeting.inventory();
  assertEquals(routers.map((router) => [router.router_id, router.participants.length]), [[router_id, 2]]);
  // The worker is replaced, and takes a router of the meeting again.
  await until(async () => await meeting.codeOf({ step: "router.open" }) === "ok" || undefined);
  assertNotEquals(await pidOf(handler, 0), killed);
  // Opening a meeting that lost all of its routers gives it a new one.
  const anew = await openMeeting(other.control, "quiet");
  assertNotEquals(anew.router_id, quiet.router_id);
  const { send } = await anew.done(anew.steps.transports("cleo"));
  // The new process has the port of the one that died.
  assertEquals(send.iceCandidates[0]?.port, handler.firstPort);
  const metrics = await handler.metrics.registry.metrics();
  assertEquals(/^mh_worker_restarts_total (\d+)$/m.exec(metrics)?.[1], "1");
  assertEquals(one.reports.all.length, 1);
});

Deno.test("SFU worker › steps that are under way when the worker dies are answered", async () => {
  await using handler = await startHandler({ workers: 1 });
  const { control } = handler.connect("one");
  const { apply, steps, fence } = await openMeeting(control);
  const pid = await pidOf(handler, 0);
  const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
  const asked = names.map((name) => apply(steps.transports(name, 1), steps.transports(name, 2)));
  Deno.kill(pid, "SIGKILL");
  const codes = (await Promise.all(asked)).flatMap(codesOf);
  const expected = new Set(["ok", "unavailable", "not_found"]);
  assertEquals(codes.filter((code) => !expected.has(code)), []);
  await until(async () => (await control.ask("open", fence)).ok || undefined);
});

Deno.test("SFU worker › a process that hangs is killed and replaced, and its routers are reported", async () => {
  await using handler = await startHandler({ workers: 2, silenceMs: 2_000 });
  const { control, reports } = handler.connect("one");
  const meeting = await openMeeting(control);
  const { router_id } = await meeting.done({ step: "router.open" });
  const hung = await pidOf(handler, 0);
  Deno.kill(hung, "SIGSTOP");
  try {
    const waiting = meeting.codeOf(meeting.steps.transports("ada"));
    assertEquals(await reports.first("router.lost", 1), lostRouters(meeting.router_id));
    assertEquals(await waiting, "unavailable");
    assertEquals(await meeting.codeOf(stepsOn(router_id).transports("ada")), "ok");
    // Its successor has the port.
    await until(async () => await meeting.codeOf({ step: "router.open" }) === "ok" || undefined);
    assertNotEquals(await pidOf(handler, 0), hung);
    const metrics = await handler.metrics.registry.metrics();
    assertEquals(/^mh_worker_restarts_total (\d+)$/m.exec(metrics)?.[1], "1");
  } finally {
    if (await Deno.stat(`/proc/${hung}`).then(() => true, () => false)) Deno.kill(hung, "SIGKILL");
  }
});

Deno.test("SFU worker › a process that hangs is killed also while a router is asked of it", async () => {
  await using handler = await startHandler({ silenceMs: 2_000 });
  const { control, reports } = handler.connect("one");
  const meeting = await openMeeting(control);
  const hung = await pidOf(handler, 0);
  Deno.kill(hung, "SIGSTOP");
  try {
    const waiting = control.ask("open", { meeting_id: "other", generation: 1 });
    // Its actor goes on meanwhile.
    assertEquals(await pidOf(handler, 0), hung);
    assertEquals(await reports.first("router.lost", 1), lostRouters(meeting.router_id));
    await waiting;
  } finally {
    if (await Deno.stat(`/proc/${hung}`).then(() => true, () => false)) Deno.kill(hung, "SIGKILL");
  }
});

Deno.test("SFU worker › a router that comes too late for its asker is closed", async () => {
  const routers: Router[] = [];
  mediasoup.observer.once("newworker", ({ observer }) => {
    observer.on("newrouter", (router) => void routers.push(router));
  });
  await using handler = await startHandler();
  const [worker] = handler.workers;
  assert(worker);
  const create = (timeoutMs: number) =>
    worker.ask("createRouter", { meeting_id: "m", mediaCodecs }, { timeoutMs });
  const pid = await pidOf(handler, 0);
  Deno.kill(pid, "SIGSTOP");
  const late = await create(50);
  Deno.kill(pid, "SIGCONT");
  const { router } = valueOf(await create(5_000));
  assertEquals(late.ok ? "ok" : late.error.code, "timeout");
  assertEquals(routers.map(({ id, closed }) => [id === router.id, closed]), [[false, true], [true, false]]);
});

Deno.test("SFU worker › a handler ends although one of its processes hangs", async () => {
  const handler = await startHandler();
  const hung = await pidOf(handler, 0);
  Deno.kill(hung, "SIGSTOP");
  await handler[Symbol.asyncDispose]();
  await assertRejects(() => Deno.stat(`/proc/${hung}`), Deno.errors.NotFound);
});

Deno.test("SFU worker › a stopped process holds up no router of another", async () => {
  await using handler = await startHandler({ workers: 2 });
  const { control } = handler.connect("one");
  const { apply, done, steps } = await openMeeting(control);
  const other = await openMeeting(control, "other");
  const { router_id } = await done({ step: "router.open" });
  const pid = await pidOf(handler, 0);
  Deno.kill(pid, "SIGSTOP");
  try {
    const waiting = apply(steps.transports("ada"));
    await done(stepsOn(router_id).transports("bob"));
    const { send } = await other.done(other.steps.transports("cleo"));
    assertEquals(send.iceCandidates[0]?.port, handler.firstPort + 1);
    Deno.kill(pid, "SIGCONT");
    assertEquals(codesOf(await waiting), ["ok"]);
  } finally {
    Deno.kill(pid, "SIGCONT");
  }
});

Deno.test("SFU worker › a meeting that is opened anew while none runs waits for the next one", async () => {
  await using handler = await startHandler({ workers: 1 });
  const { control, reports } = handler.connect("one");
  const { fence, router_id } = await openMeeting(control);
  Deno.kill(await pidOf(handler, 0), "SIGKILL");
  await reports.first("router.lost", 1);
  const { routers } = valueOf(await control.ask("open", fence));
  assertEquals(routers.length, 1);
  assertNotEquals(routers[0]?.router_id, router_id);
});
