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

/** Has each page that is loaded from now on mark the stages of a join, whichever program it is. */
export async function traceJoins(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const mark = (stage: string) => {
      if (performance.getEntriesByName("dt:join-click").length === 0) return;
      if (performance.getEntriesByName(`stage:${stage}`).length === 0) performance.mark(`stage:${stage}`);
    };
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
}

/** The trace of the join under way, once its picture is there. */
export async function joinTrace(page: Page): Promise<JoinTrace> {
  const handle = await page.waitForFunction(() => {
    const at = (name: string) => performance.getEntriesByName(name)[0]?.startTime;
    const [click, seen] = [at("dt:join-click"), at("dt:first-remote-frame")];
    if (click === undefined || seen === undefined) return null;
    const since = (stage: string) => (at(`stage:${stage}`) ?? NaN) - click;
    return {
      connected: since("connected"),
      answered: since("answered"),
      described: since("described"),
      open: since("open"),
      seen: seen - click,
    };
  });
  const trace = await handle.jsonValue();
  if (trace === null) throw new Error("The page marked no first frame");
  return trace;
}
