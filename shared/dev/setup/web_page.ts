import { bundleWebPage, webPageIsFresh } from "../web_build.ts";
import type { Step } from "./step.ts";

/** The web page, bundled for the browser. */
export function webPage(root: string): Step {
  return {
    name: "web page",
    present: () => webPageIsFresh(root),
    async run(progress, signal) {
      progress.waitingFor("deno bundle");
      const result = await bundleWebPage(root, { signal });
      if (result.success) return { state: "done" };
      return {
        state: "failed",
        reason: "the web page could not be bundled",
        command: "deno task web",
        lines: result.lines.slice(-12),
      };
    },
  };
}
