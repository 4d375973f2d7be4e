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

/** What a page's line in the console begins with. */
const TRACE = "join trace ";

/** Has each page that is loaded from now on mark the stages of a join, whichever program it is. */
export async function traceJoins(page: Page): Promise<void> {
  const marked = stages.filter((stage) => stage !== "seen");
  await page.addInitScript(({ names, prefix }) => {
    const mark = (stage: string) => {
      if (performance.getEntriesByName("dt:join-click").length === 0) return;
      if (performance.getEntriesByName(`stage:${stage}`).length === 0) performance.mark(`stage:${stage}`);
    };
    new PerformanceObserver((marks) => {
      if (marks.getEntriesByName("dt:first-remote-frame").length === 0) return;
      const at = (name: string) => performance.getEntriesByName(name)[0]?.startTime ?? NaN;
      const since = (name: string) => at(name) - at("dt:join-click");
      const reached = names.map((stage) => [stage, since(`stage:${stage}`)]);
      const trace = Object.fromEntries([...reached, ["seen", since("dt:first-remote-frame")]]);
      // deno-lint-ignore no-console -- heard by `joinTrace`
      console.debug(prefix + JSON.stringify(trace));
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
  }, { names: marked, prefix: TRACE });
}

/** The trace of the next join, once its picture is there. Nothing is asked of the page meanwhile: it would compete with the join. */
export async function joinTrace(page: Page): Promise<JoinTrace> {
  const told = await page.waitForEvent("console", (message) => message.text().startsWith(TRACE));
  return JSON.parse(told.text().slice(TRACE.length));
}
