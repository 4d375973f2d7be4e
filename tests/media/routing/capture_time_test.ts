import { assert, assertEquals } from "@std/assert";
import * as mediasoup from "mediasoup";
import { generateRouterRtpCapabilities } from "mediasoup/ortc";
import { mediaCodecs } from "../../../media/routing/codecs.ts";
import { routerCapabilities } from "../../../media/routing/router_capabilities.ts";
import { withoutCaptureTime } from "../../../media/routing/without_capture_time.ts";
import type { RtpParameters } from "../../../shared/protocol/rtp.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";
import { capabilities, videoParameters } from "../fixtures/rtp.ts";
import { workerFile } from "../fixtures/worker_file.ts";

const captureTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time" as const;

const uris = ({ headerExtensions = [] }: { headerExtensions?: { uri: string }[] }) =>
  headerExtensions.map(({ uri }) => uri);

/** RTP parameters of a camera that has negotiated the extension. */
function withCaptureTime(): RtpParameters {
  const parameters = videoParameters("1");
  const headerExtensions = [...parameters.headerExtensions ?? [], { uri: captureTime, id: 13 }];
  return { ...parameters, headerExtensions };
}

Deno.test("capture time › clients are not offered the extension", async () => {
  // mediasoup itself offers the extension.
  assert(uris(generateRouterRtpCapabilities([...mediaCodecs])).includes(captureTime));
  assert(!uris(routerCapabilities()).includes(captureTime));
  assert(uris(routerCapabilities()).length > 0);
  await using handler = await startHandler({ workers: 2 });
  const { done } = await openMeeting(handler.connect("one").control);
  const { rtp_capabilities } = await done({ step: "router.open" });
  assertEquals(rtp_capabilities, routerCapabilities());
});

Deno.test("capture time › a client that negotiates the extension is not sent it", async () => {
  await using handler = await startHandler();
  const { steps, done } = await openMeeting(handler.connect("one").control);
  // mediasoup gives the extension this number.
  const extension = { kind: "video" as const, uri: captureTime, preferredId: 10 };
  const rtp_capabilities = {
    ...capabilities,
    headerExtensions: [...capabilities.headerExtensions ?? [], extension],
  };
  const { send } = await done(steps.transports("ada"));
  await done({ ...steps.transports("bob"), rtp_capabilities });
  const { producer_id } = await done({ ...steps.video("ada", send.id), rtp_parameters: withCaptureTime() });
  const { rtp_parameters } = await done(steps.consume("bob", producer_id));
  assert(!uris(rtp_parameters).includes(captureTime));
  assert(uris(rtp_parameters).length > 0);
});

Deno.test("capture time › mediasoup's own router takes capabilities without the extension", async () => {
  const worker = await mediasoup.createWorker({ workerBin: await workerFile() });
  try {
    const router = await worker.createRouter({ mediaCodecs: [...mediaCodecs] });
    const open = () => router.createWebRtcTransport({ listenInfos: [{ protocol: "udp", ip: "127.0.0.1" }] });
    const [send, recv] = [await open(), await open()];
    const producer = await send.produce({ kind: "video", rtpParameters: withCaptureTime() });
    const rtpCapabilities = withoutCaptureTime(router.rtpCapabilities);
    assert(router.canConsume({ producerId: producer.id, rtpCapabilities }));
    const consumer = await recv.consume({ producerId: producer.id, rtpCapabilities, paused: true });
    assertEquals(consumer.rtpParameters.codecs.map(({ mimeType }) => mimeType), ["video/VP8", "video/rtx"]);
    assert(!uris(consumer.rtpParameters).includes(captureTime));
    const offered = await recv.consume({
      producerId: producer.id,
      rtpCapabilities: router.rtpCapabilities,
      paused: true,
    });
    assert(uris(offered.rtpParameters).includes(captureTime));
  } finally {
    const closed = new Promise((resolve) => worker.on("subprocessclose", () => resolve(undefined)));
    worker.close();
    await closed;
  }
});
