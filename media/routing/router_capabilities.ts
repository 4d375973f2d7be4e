import { generateRouterRtpCapabilities } from "mediasoup/ortc";
import { type RtpCapabilities, rtpCapabilities } from "../../shared/protocol/rtp.ts";
import { mediaCodecs } from "./codecs.ts";
import { withoutCaptureTime } from "./without_capture_time.ts";
import { wireForm } from "./wire_form.ts";

/** The RTP capabilities of every router: those that mediasoup generates from our codecs, without the capture time. */
export function routerCapabilities(): RtpCapabilities {
  return withoutCaptureTime(wireForm(rtpCapabilities, generateRouterRtpCapabilities([...mediaCodecs])));
}
