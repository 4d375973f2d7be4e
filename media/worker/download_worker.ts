import type { WorkerEvents } from "./worker_events.ts";

/** The prebuilt worker to download, and the time limit. */
export interface DownloadOptions {
  readonly version: string;
  /** As in `Deno.build`. */
  readonly os: string;
  readonly arch: string;
  /** As in `Deno.osRelease()`; its first number is in the name of Linux's files. */
  readonly osRelease: string;
  /** Time for the answer to begin, in milliseconds; the file itself may take ten times as long. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

const RELEASES = "https://github.com/versatica/mediasoup/releases/download";

/** The address of the prebuilt worker, named as mediasoup's own install script does. */
export function prebuiltUrl(options: Omit<DownloadOptions, "timeoutMs" | "signal" | "fetch">): string {
  const { version, os, arch, osRelease } = options;
  const cpu = arch === "aarch64" ? "arm64" : "x64";
  const kernel = os === "linux" ? `-kernel${osRelease.split(".")[0]}` : "";
  return `${RELEASES}/${version}/mediasoup-worker-${version}-${os}-${cpu}${kernel}.tgz`;
}

/** Downloads the prebuilt worker of mediasoup's releases into the folder. Answers the reason when it fails. */
export async function downloadWorker(
  folder: string,
  options: DownloadOptions,
  events: WorkerEvents,
): Promise<{ ok: true } | { ok: false; reason: string }> {
  const url = prebuiltUrl(options);
  events.waitingFor("a prebuilt one from mediasoup's releases");
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), options.timeoutMs);
  try {
    const response = await options.fetch(url, {
      signal: AbortSignal.any([options.signal, slow.signal, AbortSignal.timeout(options.timeoutMs * 10)]),
    });
    clearTimeout(timer);
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { ok: false, reason: `${url} answered ${response.status}` };
    }
    return await unpack(response.body, folder);
  } catch {
    return { ok: false, reason: `${url} can't be reached` };
  } finally {
    clearTimeout(timer);
  }
}

async function unpack(
  body: ReadableStream<Uint8Array>,
  folder: string,
): Promise<{ ok: true } | { ok: false; reason: string }> {
  const tar = new Deno.Command("tar", {
    args: ["-xzf", "-", "-C", folder],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await body.pipeTo(tar.stdin).catch(() => {});
  const { success } = await tar.status;
  return success ? { ok: true } : { ok: false, reason: "the prebuilt worker can't be unpacked" };
}
