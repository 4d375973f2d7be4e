import type { RouterRtpCodecCapability } from "mediasoup/types";

/**
 * The codecs of every router, in order of preference. All routers have the same codecs and payload types, so that a
 * client loads its device once, before it knows its handler.
 */
export const mediaCodecs: readonly RouterRtpCodecCapability[] = [
  {
    kind: "audio",
    mimeType: "audio/opus",
    preferredPayloadType: 100,
    clockRate: 48_000,
    channels: 2,
    // In-band forward error correction hides lost packets; discontinuous transmission makes silence cheap.
    parameters: { useinbandfec: 1, usedtx: 1 },
  },
  { kind: "video", mimeType: "video/VP8", preferredPayloadType: 101, clockRate: 90_000 },
  {
    kind: "video",
    mimeType: "video/VP9",
    preferredPayloadType: 103,
    clockRate: 90_000,
    parameters: { "profile-id": 0 },
  },
  {
    kind: "video",
    mimeType: "video/H264",
    preferredPayloadType: 105,
    clockRate: 90_000,
    // Every browser decodes constrained baseline, level 3.1.
    parameters: {
      "packetization-mode": 1,
      "profile-level-id": "42e01f",
      "level-asymmetry-allowed": 1,
    },
  },
];
