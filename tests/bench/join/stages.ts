import type { Page } from "playwright-core";

/** What happens between the click and the picture, in its order. */
export const stages = ["connected", "answered", "described", "open", "seen"] as const;

export type Stage = (typeof stages)[number];

/** What each stage is reached by. */
export const stageNames: Record<Stage, string> = {
  connected: "the WebSocket is open",
  answered: "the join is answered",
  described: "the receiving connection has its description",
  open: "it has ICE and DTLS",
  seen: "the first frame of another's video",
};

/** Milliseconds from the click to each stage. */
export type JoinTrace = Record<Stage, number>;

declare global {
  /** In a page whose joins are traced. */
  function tellJoinTrace(trace: JoinTrace): void;
}

/**
 * Has each document that is loaded from now on mark the stages of a join, whichever program it is, and tell them once its
 * picture is there. Nothing is asked of the page meanwhile: it would compete with the join. Answers a function that waits for
 * the trace of the next join.
 */
export async function traceJoins(page: Page): Promise<() => Promise<JoinTrace>> {
  let heard: (trace: JoinTrace) => void = () => {};
  await page.exposeFunction("tellJoinTrace", (trace: JoinTrace) => heard(trace));
  await page.addInitScript(() => {
    const mark = (stage: string) => {
      if (performance.getEntriesByName("dt:join-click").length === 0) return;
      if (performance.getEntriesByName(`stage:${stage}`).length === 0) performance.mark(`stage:${stage}`);
    };
    new PerformanceObserver((marks) => {
      if (marks.getEntriesByName("dt:first-remote-frame").length === 0) return;
      const since = (name: string) => {
        const [click, reached] = ["dt:join-click", name].map((one) => performance.getEntriesByName(one)[0]);
        return (reached?.startTime ?? NaN) - (click?.startTime ?? NaN);
      };
      globalThis.tellJoinTrace({
        connected: since("stage:connected"),
        answered: since("stage:answered"),
        described: since("stage:described"),
        open: since("stage:open"),
        seen: since("dt:first-remote-frame"),
      });
    }).observe({ type: "mark" });
    globalThis.WebSocket = class extends WebSocket {
      constructor(...given: ConstructorParameters<typeof WebSocket>) {
        super(...given);
        this.addEventListener("open", () => mark("connected"));
        this.addEventListener("message", () => mark("answered"));
      }
    };
    globalThis.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        let isReceiving = false;
        this.addEventListener("track", () => {
          isReceiving = true;
        });
        this.addEventListener("signalingstatechange", () => {
          if (isReceiving && this.signalingState === "stable") mark("described");
        });
        this.addEventListener("connectionstatechange", () => {
          if (isReceiving && this.connectionState === "connected") mark("open");
        });
      }
    };
  });
  return () => new Promise((resolve) => heard = resolve);
}
