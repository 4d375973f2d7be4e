import type { RtpCapabilities, RtpParameters, Transport } from "../../../../shared/protocol/mod.ts";

export const rtpCapabilities: RtpCapabilities = { codecs: [], headerExtensions: [] };

export const rtpParameters: RtpParameters = {
  codecs: [{ mimeType: "audio/opus", payloadType: 100, clockRate: 48_000, channels: 2 }],
};

export function transportOf(id: string): Transport {
  return {
    id,
    iceParameters: { usernameFragment: "u", password: "p" },
    iceCandidates: [],
    dtlsParameters: { fingerprints: [{ algorithm: "sha-256", value: "00:11" }] },
  };
}
