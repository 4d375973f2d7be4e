import { type AptMachine, installPackages } from "./apt.ts";
import type { Step } from "./step.ts";

/** A program that the end-to-end tests need: Debian's, unless the variable names another. */
interface TestProgram {
  readonly package: string;
  readonly file: string;
  readonly variable: string;
}

const CHROMIUM: TestProgram = { package: "chromium", file: "/usr/bin/chromium", variable: "DT_CHROMIUM" };
const FIREFOX: TestProgram = {
  package: "firefox-esr",
  file: "/usr/bin/firefox-esr",
  variable: "DT_FIREFOX",
};

const COTURN: TestProgram = { package: "coturn", file: "/usr/bin/turnserver", variable: "DT_TURNSERVER" };
const ALL = [CHROMIUM, FIREFOX, COTURN];

type Env = (name: string) => string | undefined;

/** The variables that tell the tests where the programs are. */
export function testProgramVariables(env: Env): Record<string, string> {
  return Object.fromEntries(ALL.map((one) => [one.variable, fileOf(one, env)]));
}

/** Sees to the programs that the end-to-end tests need. */
export function testPrograms(env: Env, apt: AptMachine): Step[] {
  return ALL.map((one) => testProgram(one, fileOf(one, env), apt));
}

function testProgram(wanted: TestProgram, file: string, apt: AptMachine): Step {
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

function fileOf({ variable, file }: TestProgram, env: Env): string {
  return env(variable) || file;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch {
    return false;
  }
}
