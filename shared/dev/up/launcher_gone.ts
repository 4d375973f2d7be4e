import process from "node:process";
import { runCommand } from "../run_command.ts";

const WATCH_MS = 500;
/** Prints `pid<TAB>command line` of a process and its ancestors, as far as Linux tells. */
const ANCESTORS = `
p=$1
for i in 1 2 3; do
  [ -r "/proc/$p/status" ] || exit 0
  printf '%s\\t%s\\n' "$p" "$(tr '\\0' ' ' < "/proc/$p/cmdline")"
  while read -r key value; do [ "$key" = PPid: ] && break; done < "/proc/$p/status"
  p=$value
done`;

/**
 * Finds the processes by whose end it shows that the program that ran `deno task up` is gone. A signal to `npx` ends it
 * and the shell that it runs commands in, without reaching the task; `up` would go on with nobody there to stop it.
 * Finds none when nothing of the kind started it.
 */
export async function findLauncher(signal: AbortSignal): Promise<number[]> {
  const { lines } = await runCommand("sh", { args: ["-c", ANCESTORS, "sh", String(Deno.ppid)], signal });
  const [task, shell, launcher] = lines.map((line) => {
    const [pid = "", command = ""] = line.split("\t");
    return { pid: Number(pid), command };
  });
  const watched: number[] = [];
  if (task && /\bdeno\b.*\btask\b/.test(task.command)) watched.push(task.pid);
  if (shell && /\bnode\b/.test(shell.command)) watched.push(shell.pid);
  else if (shell && launcher && /^(npm|npx)\b|\bnode\b/.test(launcher.command)) watched.push(shell.pid);
  return watched;
}

/** Resolves when one of the processes has ended; never when there are none. */
export function launcherGone(watched: readonly number[], stop: AbortSignal): Promise<void> {
  if (watched.length === 0) return new Promise(() => {});
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (watched.every(isAlive)) return;
      clearInterval(timer);
      resolve();
    }, WATCH_MS);
    stop.addEventListener("abort", () => clearInterval(timer));
  });
}

/** Signal 0 reaches nobody and fails when there is no such process. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
