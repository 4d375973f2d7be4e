import { assert, assertEquals } from "@std/assert";
import { measure } from "../../../media/telemetry/measure.ts";
import { observe } from "../../../media/telemetry/observe.ts";
import { valueOf } from "../../../shared/actor/mod.ts";
import { openRouter, videoPacket } from "../fixtures/direct_router.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { videoParameters } from "../fixtures/rtp.ts";

Deno.test("encodings' rates › each encoding has its own, and one that isn't sent has none", async () => {
  await using house = await openRouter();
  const ssrcs = [11, 12, 13];
  const rtpParameters = { ...videoParameters("0"), encodings: ssrcs.map((ssrc) => ({ ssrc })) };
  const producer = await house.transport.produce({ kind: "video", rtpParameters });
  for (let n = 1; n <= 10; n++) producer.send(videoPacket(11, n));
  for (let n = 1; n <= 40; n++) producer.send(videoPacket(13, n));
  const nothing = { transports: [], piped: [], consumers: [], participants: [] };
  const name = { meetingId: "m", routerId: "r" };
  const { producers } = await measure([{ ...name, ...nothing, producers: [producer] }]);
  const [smallest = 0, middle, largest = 0, ...others] = producers.get(producer)?.encodings ?? [];
  assertEquals([middle, others], [0, []]);
  assert(smallest > 0 && largest > 2 * smallest, `${smallest} and ${largest} bits per second`);
});

Deno.test("encodings' rates › a producer's are known on each router that has it", async () => {
  await using handler = await startHandler({ workers: 2 });
  const { done, steps, router_id: hers } = await openMeeting(handler.connect("one").control);
  const { router_id: his } = await done({ step: "router.open" });
  const { send } = await done(steps.transports("ada"));
  const { producer_id } = await done(steps.video("ada", send.id));
  const [from, to] = [{ router_id: hers, peer_router_id: his }, { router_id: his, peer_router_id: hers }];
  for (const end of [from, to]) await done({ step: "pipe.open", ...end, is_encrypted: false });
  const { rtp_parameters } = await done({ step: "pipe.send", ...from, producer_id, paused: false });
  const camera = { participant_id: "ada", source: "camera", kind: "video", rtp_parameters } as const;
  await done({ step: "pipe.receive", ...to, producer_id, ...camera });

  const live = valueOf(await handler.table.ask("liveObjects", undefined));
  const measured = await measure(live);
  assertEquals([measured.producers.size, measured.piped.size], [1, 1]);
  const round = { live, measured, before: undefined, elapsedMs: 5_000, judgements: new Map() };
  const { observations } = observe(round, { bitrate: 1, bitrateWithScreen: 1 });
  const known = observations.map(({ routerId, received }) => [routerId, received.get(producer_id)]);
  assertEquals(known.toSorted(), [[hers, [0]], [his, [0]]].toSorted());
});
