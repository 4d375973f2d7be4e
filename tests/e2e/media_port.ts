import type { Page } from "playwright-core";
import "./watched_connections.ts";

/** The port of the media handler from which a page has received most. */
export function mediaPort(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let most = { bytes: 0, port: 0 };
    for (const connection of globalThis.openedConnections) {
      const stats = await connection.getStats();
      for (const pair of stats.values()) {
        if (pair.type !== "candidate-pair" || pair.bytesReceived <= most.bytes) continue;
        most = { bytes: pair.bytesReceived, port: stats.get(pair.remoteCandidateId).port };
      }
    }
    return most.port;
  });
}
