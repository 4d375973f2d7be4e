import type { types } from "mediasoup-client";
import type { MediaSource } from "../../protocol/signaling.ts";

type ProducerOptions = Pick<types.ProducerOptions, "encodings" | "codecOptions">;

const CAMERA_LAYERS = [
  { scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: "L1T3" },
  { scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: "L1T3" },
  { scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: "L1T3" },
];

/** Browsers send three simulcast layers from about 960×540 up, two from 480×270, one below. */
function layersFor(longSidePx: number): number {
  if (longSidePx >= 960) return 3;
  return longSidePx >= 480 ? 2 : 1;
}

/**
 * A lone layer has no temporal ones either: mediasoup takes a single layered encoding for SVC and, with VP8, doesn't
 * forward a newcomer's first key frame; the next one comes a second later.
 */
function cameraEncodings(longSidePx: number): types.RtpEncodingParameters[] {
  const layers = CAMERA_LAYERS.slice(-layersFor(longSidePx));
  return layers.length > 1 ? layers : [{ maxBitrate: 1_500_000 }];
}

/** How a source is encoded: the camera as simulcast as far as its size allows, the screen for sharpness. */
export function producerOptions(source: MediaSource, longSidePx: number): ProducerOptions {
  switch (source) {
    case "microphone":
      return { codecOptions: { opusDtx: true, opusFec: true } };
    case "screen_audio":
      return { codecOptions: { opusStereo: true, opusFec: true } };
    case "screen":
      return {
        encodings: [{ maxBitrate: 2_500_000 }],
        codecOptions: { videoGoogleStartBitrate: 1_000 },
      };
    case "camera":
      return {
        encodings: cameraEncodings(longSidePx),
        codecOptions: { videoGoogleStartBitrate: 500 },
      };
  }
}
