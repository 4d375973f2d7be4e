import { generateRouterRtpCapabilities } from "mediasoup/ortc";
import { type RtpCapabilities, rtpCapabilities } from "../../shared/protocol/rtp.ts";
import { mediaCodecs } from "./codecs.ts";
import { wireForm } from "./wire_form.ts";

/** What every router can receive: worked out as mediasoup does for a router with our codecs. */
export function routerCapabilities(): RtpCapabilities {
  return wireForm(rtpCapabilities, generateRouterRtpCapabilities([...mediaCodecs]));
}
