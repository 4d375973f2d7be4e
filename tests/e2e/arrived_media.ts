import type { Page } from "playwright-core";

/** What has arrived of one participant, since the page was opened. */
export interface Arrived {
  readonly soundPackets: number;
  /** How much sound it made, by what was decoded (`totalAudioEnergy`). */
  readonly soundEnergy: number;
  readonly picturePackets: number;
  readonly frames: number;
}

declare global {
  /** By participant. */
  var arrivedMedia: Map<string, Arrived>;
}

/**
 * Has a page add up what arrives of each participant, over all connections and consumers that it ever has. To be called
 * before the page is opened.
 */
export async function watchArrivals(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const lookMs = 50;
    /** What mediasoup fills a path with to measure it: nobody's media, on whichever track Chromium counts it. */
    const probationSsrc = 1234;
    /** The stream of a track begins with its participant. */
    const ownerOf = (streamId: string) => streamId.replace(/-(person|screen)$/, "");
    const totals = new Map<string, Arrived>();
    globalThis.arrivedMedia = totals;
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        const owners = new Map<string, string>();
        const seen = new Map<string, Arrived>();
        this.addEventListener("track", ({ track, streams: [stream] }) => {
          if (stream) owners.set(track.id, ownerOf(stream.id));
        });
        const look = async () => {
          if (this.signalingState === "closed") return;
          for (const report of (await this.getStats()).values()) {
            if (report.type !== "inbound-rtp" || report.ssrc === probationSsrc) continue;
            const owner = owners.get(report.trackIdentifier);
            if (owner === undefined) continue;
            const isSound = report.kind === "audio";
            const now: Arrived = {
              soundPackets: isSound ? report.packetsReceived : 0,
              soundEnergy: report.totalAudioEnergy ?? 0,
              picturePackets: isSound ? 0 : report.packetsReceived,
              frames: report.framesDecoded ?? 0,
            };
            const stream = `${report.trackIdentifier} ${report.ssrc}`;
            const before = seen.get(stream);
            seen.set(stream, now);
            const total = totals.get(owner);
            totals.set(owner, {
              soundPackets: (total?.soundPackets ?? 0) + now.soundPackets - (before?.soundPackets ?? 0),
              soundEnergy: (total?.soundEnergy ?? 0) + now.soundEnergy - (before?.soundEnergy ?? 0),
              picturePackets: (total?.picturePackets ?? 0) + now.picturePackets -
                (before?.picturePackets ?? 0),
              frames: (total?.frames ?? 0) + now.frames - (before?.frames ?? 0),
            });
          }
          setTimeout(look, lookMs);
        };
        setTimeout(look, lookMs);
      }
    };
  });
}

const nothing: Arrived = { soundPackets: 0, soundEnergy: 0, picturePackets: 0, frames: 0 };

/** What has arrived of one participant, and of all others together. */
export async function arrivedAt(
  page: Page,
  participantId: string,
): Promise<{ their: Arrived; other: Arrived }> {
  const all = await page.evaluate(() => [...globalThis.arrivedMedia]);
  const of = (isWanted: (id: string) => boolean) =>
    all.filter(([id]) => isWanted(id)).map(([, one]) => one).reduce(sum, nothing);
  return { their: of((id) => id === participantId), other: of((id) => id !== participantId) };
}

/** What has come since an earlier count. */
export function since(before: Arrived, now: Arrived): Arrived {
  return {
    soundPackets: now.soundPackets - before.soundPackets,
    soundEnergy: now.soundEnergy - before.soundEnergy,
    picturePackets: now.picturePackets - before.picturePackets,
    frames: now.frames - before.frames,
  };
}

function sum(one: Arrived, other: Arrived): Arrived {
  return {
    soundPackets: one.soundPackets + other.soundPackets,
    soundEnergy: one.soundEnergy + other.soundEnergy,
    picturePackets: one.picturePackets + other.picturePackets,
    frames: one.frames + other.frames,
  };
}
