import type { Page } from "playwright-core";

/** The packets of each participant's voice that a page has received, over the connections that it has open. */
export function voicePackets(page: Page): Promise<Record<string, number>> {
  return page.evaluate(async () => {
    const packets = new Map<string, number>();
    for (const connection of globalThis.openedConnections) {
      if (connection.signalingState === "closed") continue;
      for (const report of (await connection.getStats()).values()) {
        if (report.type === "inbound-rtp") packets.set(report.trackIdentifier, report.packetsReceived);
      }
    }
    const voices = document.querySelectorAll<HTMLAudioElement>('[data-testid="voice"]');
    return Object.fromEntries([...voices].map(({ dataset: { name = "" }, srcObject }) => {
      const tracks = srcObject instanceof MediaStream ? srcObject.getAudioTracks() : [];
      return [name, tracks.reduce((sum, { id }) => sum + (packets.get(id) ?? 0), 0)];
    }));
  });
}

/** Waits until not one packet of a voice has come while fifty of another one did. */
export async function waitForSilence(page: Page, name: string, heard: string): Promise<void> {
  while (true) {
    const before = await voicePackets(page);
    let now = before;
    while ((now[heard] ?? 0) < (before[heard] ?? 0) + 50) now = await voicePackets(page);
    if (now[name] === before[name]) return;
  }
}
