import { runCommand } from "../run_command.ts";
import { type AptMachine, installPackages } from "./apt.ts";
import type { Progress, Step, StepOutcome } from "./step.ts";

/** What `media/worker/main.ts` says at its end. */
type Report = {
  readonly state?: unknown;
  readonly file?: unknown;
  readonly how?: unknown;
  readonly reason?: unknown;
  readonly packages?: unknown;
  readonly lines?: unknown;
};

/** Variables that the worker program has in place of this process's own. */
type Variables = Readonly<Record<string, string>>;

/**
 * The mediasoup worker: found, downloaded or built by the media handler's own program, after whatever Debian
 * packages the build asks for were installed.
 */
export function mediasoupWorker(root: string, apt: AptMachine, env: Variables = {}): Step {
  return {
    name: "mediasoup worker",
    present: async () => await workerFile(root, env) !== undefined,
    async run(progress, signal) {
      let report = await askWorkerProgram(root, env, ["install"], progress, signal);
      if (report.state === "packages_missing") {
        const installed = await installPackages(strings(report.packages), apt, progress, signal);
        if (installed.state === "failed") {
          const reason = `the mediasoup worker must be built (${
            text(report.reason)
          }), but ${installed.reason}`;
          return { ...installed, reason };
        }
        report = await askWorkerProgram(root, env, ["install", "--no-download"], progress, signal);
      }
      return outcome(report);
    },
  };
}

/** The worker that is there now, if one is. */
export async function workerFile(root: string, env: Variables = {}): Promise<string | undefined> {
  const report = await askWorkerProgram(root, env, ["find"]);
  return report.state === "ready" ? text(report.file) : undefined;
}

function outcome(report: Report): StepOutcome {
  if (report.state === "ready") return { state: "done", note: text(report.how) };
  return { state: "failed", reason: text(report.reason), lines: strings(report.lines).slice(-12) };
}

async function askWorkerProgram(
  root: string,
  env: Variables,
  args: readonly string[],
  progress?: Progress,
  signal?: AbortSignal,
): Promise<Report> {
  let report: Report = {};
  const result = await runCommand(Deno.execPath(), {
    args: ["run", "-q", "--no-prompt", ...PERMISSIONS, `${root}/media/worker/main.ts`, ...args],
    cwd: root,
    env,
    ...signal === undefined ? {} : { signal },
    onLine(line, from) {
      if (from !== "stdout") return;
      const message = parse(line);
      if (typeof message.waiting_for === "string") progress?.waitingFor(message.waiting_for);
      else if (typeof message.done === "number" && typeof message.total === "number") {
        progress?.count(message.done, message.total);
      } else report = message;
    },
  });
  if (report.state !== undefined) return report;
  return { state: "failed", reason: "the mediasoup worker can't be looked for", lines: result.lines };
}

/** It runs compilers and keeps the worker in the user's cache folder, wherever that is. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env=HOME,XDG_CACHE_HOME,MEDIASOUP_WORKER_BIN",
  "--allow-sys=osRelease",
  "--allow-net=github.com,objects.githubusercontent.com,release-assets.githubusercontent.com",
];

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "for an unknown reason";
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
