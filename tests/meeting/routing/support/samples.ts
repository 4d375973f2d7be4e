import type { RtpCapabilities, RtpParameters, Transport } from "../../../../shared/protocol/mod.ts";
import type { FilledSlot } from "../../../../meeting/layout/tile.ts";
import type { Producer, Subscriber } from "../../../../meeting/routing/scene.ts";

export const rtpCapabilities: RtpCapabilities = { codecs: [], headerExtensions: [] };

export const rtpParameters: RtpParameters = {
  codecs: [{ mimeType: "audio/opus", payloadType: 100, clockRate: 48_000, channels: 2 }],
};

/** A camera in three layers. */
export const cameraParameters: RtpParameters = {
  codecs: [{ mimeType: "video/VP8", payloadType: 101, clockRate: 90_000 }],
  encodings: ["r0", "r1", "r2"].map((rid) => ({ rid })),
};

export function transportOf(id: string): Transport {
  return {
    id,
    iceParameters: { usernameFragment: "u", password: "p" },
    iceCandidates: [],
    dtlsParameters: { fingerprints: [{ algorithm: "sha-256", value: "00:11" }] },
  };
}

/** A camera of one layer, unless it is said otherwise. */
export function aProducer(more: Partial<Producer> = {}): Producer {
  const source = more.source ?? "camera";
  return {
    producerId: "producer",
    participantId: "sender",
    kind: source === "camera" || source === "screen" ? "video" : "audio",
    source,
    epoch: 1,
    layers: 1,
    pausedBy: new Set(),
    ...more,
  };
}

export function aSlot(
  slot: number,
  source: FilledSlot["source"] = "camera",
  participantId = "sender",
  producerId = participantId,
): FilledSlot {
  return { slot, source, participantId, producerId };
}

export function aSubscriber(more: Partial<Subscriber> = {}): Subscriber {
  return {
    participantId: "subscriber",
    rtpCapabilities,
    region: null,
    epoch: 1,
    keeps: false,
    said: null,
    layout: { mode: "grid", slots: 9 },
    slots: [],
    ready: new Set(),
    hidden: new Map(),
    undescribed: new Map(),
    refused: new Set(),
    ...more,
  };
}
