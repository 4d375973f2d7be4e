import type { Page } from "playwright-core";

declare global {
  /** Every WebSocket that the page has opened. */
  var openedSockets: WebSocket[];
  /** While set, no WebSocket can be opened. */
  var isSignalingBlocked: boolean;
  /** Every peer connection of mediasoup's transports: those that have media. */
  var openedConnections: RTCPeerConnection[];
  /** How many packets of sound and of pictures have come in, over all of these. */
  var packetsReceived: () => Promise<{ audio: number; video: number }>;
}

/** Has a page note its WebSockets and peer connections. To be called before the page is opened. */
export async function watchConnections(page: Page): Promise<void> {
  await page.addInitScript(() => {
    globalThis.openedSockets = [];
    globalThis.isSignalingBlocked = false;
    globalThis.openedConnections = [];
    globalThis.WebSocket = class extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        if (globalThis.isSignalingBlocked) throw new DOMException("blocked by the test", "SecurityError");
        super(url, protocols);
        globalThis.openedSockets.push(this);
      }
    };
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        globalThis.openedConnections.push(this);
      }
    };
    globalThis.packetsReceived = async () => {
      const sum = { audio: 0, video: 0 };
      for (const connection of globalThis.openedConnections) {
        if (connection.signalingState === "closed") continue;
        for (const report of (await connection.getStats()).values()) {
          if (report.type !== "inbound-rtp") continue;
          if (report.kind === "audio") sum.audio += report.packetsReceived;
          else sum.video += report.packetsReceived;
        }
      }
      return sum;
    };
  });
}
