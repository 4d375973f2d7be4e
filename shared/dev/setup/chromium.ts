import { type AptMachine, installPackages } from "./apt.ts";
import type { Step } from "./step.ts";

/** Debian's Chromium, unless `DT_CHROMIUM` names another. */
export function chromiumFile(env: (name: string) => string | undefined): string {
  return env("DT_CHROMIUM") || "/usr/bin/chromium";
}

/** The browser that the end-to-end tests drive. */
export function chromium(file: string, apt: AptMachine): Step {
  return {
    name: "chromium",
    present: () => isFile(file),
    run(progress, signal) {
      if (file === "/usr/bin/chromium") return installPackages(["chromium"], apt, progress, signal);
      const reason = `DT_CHROMIUM is "${file}", which is not a file`;
      return Promise.resolve({ state: "failed", reason });
    },
  };
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
