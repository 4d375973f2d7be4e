import { generateRouterRtpCapabilities } from "mediasoup/ortc";
import { type RtpCapabilities, rtpCapabilities } from "../../shared/protocol/rtp.ts";
import { mediaCodecs } from "./codecs.ts";
import { withoutCaptureTime } from "./without_capture_time.ts";
import { wireForm } from "./wire_form.ts";

/** What every router can receive: worked out as mediasoup does for a router with our codecs, less the capture time. */
export function routerCapabilities(): RtpCapabilities {
  return withoutCaptureTime(wireForm(rtpCapabilities, generateRouterRtpCapabilities([...mediaCodecs])));
}
