import type { AuthProcess } from "../auth/auth_process.ts";
import { freePort, startAuthProcess } from "../auth/auth_process.ts";
import type { Row } from "../bench/row.ts";

/** What a process holds once its garbage is collected, in MiB. */
export interface LiveMemory {
  /** The JavaScript heap of the main isolate. */
  readonly heap: number;
  readonly resident: number;
}

/** AC as a process that can be asked for what it holds. */
export interface InspectedAuth extends AsyncDisposable {
  readonly auth: AuthProcess;
  /** Collects the garbage and measures what is left. */
  live(): Promise<LiveMemory>;
}

/** Starts AC with V8's inspector beside it: only after a collection does the size of a heap say what is held. */
export async function startInspectedAuth(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<InspectedAuth> {
  const port = freePort();
  const auth = await startAuthProcess({ folder, env, flags: [`--inspect=127.0.0.1:${port}`] });
  const [target] = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  let count = 0;
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(data);
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  const call = (method: string) =>
    new Promise<Record<string, unknown>>((resolve) => {
      waiting.set(++count, resolve);
      socket.send(JSON.stringify({ id: count, method }));
    });
  return {
    auth,
    async live() {
      // What is only weakly held goes at the second.
      await call("HeapProfiler.collectGarbage");
      await call("HeapProfiler.collectGarbage");
      const { usedSize } = await call("Runtime.getHeapUsage");
      const status = await Deno.readTextFile(`/proc/${auth.pid}/status`);
      const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
      return { heap: Number(usedSize) / 2 ** 20, resident };
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await auth[Symbol.asyncDispose]();
    },
  };
}

/** Caches and tables fill in the first half; in the second nothing may grow by more than a tenth. */
export function flat(name: string, samples: readonly LiveMemory[]): Row[] {
  const middle = samples[Math.floor(samples.length / 2)];
  const last = samples.at(-1);
  if (middle === undefined || last === undefined) throw new Error("Nothing was measured");
  return (["heap", "resident"] as const).map((kind) => ({
    name: `${kind} memory at the end of the ${name}, garbage collected`,
    value: last[kind],
    unit: "MiB",
    target: 1.1 * middle[kind],
    lower_is_better: true,
    peer: `in the middle, ${middle[kind].toFixed(1)} MiB`,
    ratio: last[kind] / middle[kind],
  }));
}
