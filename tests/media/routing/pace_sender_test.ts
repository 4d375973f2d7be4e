import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { videoParameters } from "../fixtures/rtp.ts";

Deno.test("a sender's pace › follows what its producers name as their most", async () => {
  await using handler = await startHandler();
  const { done, steps, router_id } = await openMeeting(handler.connect("one").control);
  const { send } = await done(steps.transports("ada"));
  const told = async () => {
    const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
    const [stats] = await live?.participants[0]?.send.getStats() ?? [];
    return stats?.maxIncomingBitrate;
  };
  assertEquals(await told(), undefined);
  await done(steps.audio("ada", send.id));
  assertEquals(await told(), 2_600_000);
  const { encodings = [], ...parameters } = videoParameters("1");
  const rtp_parameters = { ...parameters, encodings: encodings.map((one) => ({ ...one, maxBitrate: 4e6 })) };
  const { producer_id } = await done({ ...steps.video("ada", send.id), rtp_parameters });
  assertEquals(await told(), Math.round(1.15 * 4_128_000));
  await done({ step: "producer.close", router_id, producer_id });
  assertEquals(await told(), 2_600_000);
});
