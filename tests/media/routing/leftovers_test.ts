import { assert, assertEquals } from "@std/assert";
import * as mediasoup from "mediasoup";
import type { Worker } from "mediasoup/types";
import { valueOf } from "../../../shared/actor/mod.ts";
import { type Handler, startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { until } from "../fixtures/until.ts";

/** A handler with one SFU worker, and mediasoup's own view of that worker. */
async function startWatched(): Promise<{ readonly handler: Handler; readonly worker: Worker }> {
  const workers: Worker[] = [];
  const collect = (worker: Worker) => void workers.push(worker);
  mediasoup.observer.on("newworker", collect);
  const handler = await startHandler();
  mediasoup.observer.off("newworker", collect);
  const [worker] = workers;
  assert(worker);
  return { handler, worker };
}

/** The telemetry's counts: transports, producers of audio and video, consumers of audio and video. */
async function loadBecomes({ telemetry }: Handler, expected: readonly number[]): Promise<void> {
  await until(async () => {
    const { load: { transports, producers, consumers } } = valueOf(await telemetry.ask("read", undefined));
    const counts = [transports, producers.audio, producers.video, consumers.audio, consumers.video];
    return counts.every((count, n) => count === expected[n]) || undefined;
  });
}

Deno.test("leftovers › the worker and the telemetry follow what participants have, down to nothing", async () => {
  const { handler, worker } = await startWatched();
  await using _handler = handler;
  const objects = async () => (await worker.dump()).channelMessageHandlers.channelRequestHandlers.length;
  const before = await objects();
  const { control } = handler.connect("one");
  const { steps, done, fence, router_id } = await openMeeting(control);
  for (let round = 0; round < 3; round++) {
    const { send } = await done(steps.transports("ada"));
    const audio = await done(steps.audio("ada", send.id));
    const video = await done(steps.video("ada", send.id));
    for (const epoch of [1, 2]) {
      await done(steps.transports("bob", epoch));
      for (const { producer_id } of [audio, video]) await done(steps.consume("bob", producer_id));
    }
    await loadBecomes(handler, [6, 1, 1, 2, 2]);
    await done({ step: "producer.close", router_id, producer_id: audio.producer_id });
    await loadBecomes(handler, [6, 0, 1, 0, 2]);
    const { step: _, ...own } = steps.consume("ada", video.producer_id);
    await done({ step: "consumer.open", ...own });
    await done({ step: "consumer.close", ...own });
    await done({ step: "participant.close", router_id, participant_id: "bob" });
    await loadBecomes(handler, [2, 0, 1, 0, 0]);
    await done({ step: "participant.close", router_id, participant_id: "ada" });
  }
  await loadBecomes(handler, [0, 0, 0, 0, 0]);
  // The router and its two observers of speakers are left.
  await until(async () => await objects() === before + 3 || undefined);
  valueOf(await control.ask("close", fence));
  await until(async () => await objects() === before || undefined);
  assertEquals((await worker.dump()).routerIds, []);
});
