import { assert, assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";

Deno.test("drain › controllers are told, no other meeting is taken, and it ends once no transport is left", async () => {
  await using handler = await startHandler({ workers: 2 });
  const { control, reports } = handler.connect("one");
  const { steps, done, apply, inventory, fence, router_id } = await openMeeting(control);
  const second = await done({ step: "router.open" });
  await done(steps.transports("ada"));
  await done({ ...steps.transports("bob"), router_id: second.router_id });
  assertEquals((await inventory()).draining, undefined);

  let isOver = false;
  const drained = handler.table.ask("drain", undefined).then((answer) => {
    isOver = true;
    return answer;
  });
  const told = await reports.first("router.draining", 2);
  assertEquals(new Set(told.map((one) => one.router_id)), new Set([router_id, second.router_id]));
  assertEquals((await inventory()).draining, true);
  // A controller whose link was lost learns it, too.
  const next = valueOf(await control.ask("open", fence));
  assertEquals(next.draining, true);
  const other = await control.ask("open", { meeting_id: "another", generation: 1 });
  assertEquals(other.ok ? "ok" : other.error.code, "unavailable");

  await apply({ step: "participant.close", router_id, participant_id: "ada" });
  await inventory();
  assertEquals(isOver, false);
  await apply({ step: "participant.close", router_id: second.router_id, participant_id: "bob" });
  assert((await drained).ok);
});

Deno.test("drain › it waits while a controller's link is open, and ends when the last one closes", async () => {
  await using handler = await startHandler();
  const { control } = handler.connect("one");
  handler.connect("two");
  const { steps, done, inventory } = await openMeeting(control);
  await done(steps.transports("ada"));
  let isOver = false;
  const drain = () =>
    handler.table.ask("drain", undefined).then((answer) => {
      isOver = true;
      return valueOf(answer);
    });
  const drained = drain();
  const closeLink = (link: string) => assertEquals(handler.table.tell("linkDown", { link }), "accepted");
  closeLink("two");
  await inventory();
  assertEquals(isOver, false);
  closeLink("one");
  assertEquals(await drained, { transports: 2 });
  // Nobody can move them.
  assertEquals(await drain(), { transports: 2 });

  // GC has it drain and leaves it running: a controller whose link was lost comes back.
  isOver = false;
  const again = handler.connect("three");
  const { fence, apply, router_id } = await openMeeting(again.control);
  const later = drain();
  valueOf(await again.control.ask("inventory", fence));
  assertEquals(isOver, false);
  await apply({ step: "participant.close", router_id, participant_id: "ada" });
  assertEquals(await later, { transports: 0 });
});

Deno.test("drain › a handler without transports has nothing to wait for", async () => {
  await using handler = await startHandler();
  assert((await handler.table.ask("drain", undefined)).ok);
});

Deno.test("drain › the first packets of a producer are reported where the controller has asked for that", async () => {
  await using handler = await startHandler();
  const { control, reports } = handler.connect("one");
  const { steps, done, router_id } = await openMeeting(control);
  const { send } = await done(steps.transports("ada"));
  const silent = await done(steps.video("ada", send.id));
  const { producer_id } = await done({ ...steps.audio("ada", send.id), announces_packets: true });
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  for (const id of [silent.producer_id, producer_id]) {
    live?.producers.find((one) => one.id === id)?.emit("trace", {
      type: "rtp",
      timestamp: 0,
      direction: "in",
      info: {},
    });
  }
  // One that replaces another on this router is waited for as well, and ends it; nobody has asked for a report.
  const fresh = await done(steps.transports("ada", 2));
  const replacing = await done(steps.audio("ada", fresh.send.id));
  const [now] = valueOf(await handler.table.ask("liveObjects", undefined));
  now?.producers.find((one) => one.id === replacing.producer_id)?.emit("trace", {
    type: "rtp",
    timestamp: 0,
    direction: "in",
    info: {},
  });
  await reports.first("producer.ended", 1);
  assertEquals<unknown>(await reports.first("producer.flowing", 1), [
    { report: "producer.flowing", router_id, producer_id },
  ]);
});
