import { type AptMachine, installPackages } from "./apt.ts";
import type { Step } from "./step.ts";

/** A browser that the end-to-end tests drive: Debian's, unless the variable names another. */
interface TestedBrowser {
  readonly package: string;
  readonly file: string;
  readonly variable: string;
}

const CHROMIUM: TestedBrowser = { package: "chromium", file: "/usr/bin/chromium", variable: "DT_CHROMIUM" };
const FIREFOX: TestedBrowser = {
  package: "firefox-esr",
  file: "/usr/bin/firefox-esr",
  variable: "DT_FIREFOX",
};

type Env = (name: string) => string | undefined;

/** The variables that tell the tests where the browsers are. */
export function browserVariables(env: Env): Record<string, string> {
  return Object.fromEntries([CHROMIUM, FIREFOX].map((one) => [one.variable, fileOf(one, env)]));
}

/** Sees to the browsers that the end-to-end tests drive. */
export function browsers(env: Env, apt: AptMachine): Step[] {
  return [CHROMIUM, FIREFOX].map((one) => browser(one, fileOf(one, env), apt));
}

function browser(wanted: TestedBrowser, file: string, apt: AptMachine): Step {
  return {
    name: wanted.package,
    present: () => isFile(file),
    run(progress, signal) {
      if (file === wanted.file) return installPackages([wanted.package], apt, progress, signal);
      const reason = `${wanted.variable} is "${file}", which is not a file`;
      return Promise.resolve({ state: "failed", reason });
    },
  };
}

function fileOf({ variable, file }: TestedBrowser, env: Env): string {
  return env(variable) || file;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
