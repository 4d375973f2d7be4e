import { inTurns } from "../../../shared/in_turns.ts";
import { residentKib } from "./resident_kib.ts";

/** How many KiB of resident memory a bare echo takes for each of so many connections that have had these frames. */
export async function echoKibPerConnection(connections: number, frames: readonly string[]): Promise<number> {
  const server = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--allow-net",
      new URL("./echo_server.ts", import.meta.url).pathname,
    ],
    stdout: "piped",
  }).spawn();
  const open: WebSocket[] = [];
  try {
    const { value = new Uint8Array() } = await server.stdout.getReader().read();
    const port = Number(new TextDecoder().decode(value));
    // The first connection brings what all of them share.
    open.push(await talk(port, frames));
    const before = await residentKib(server.pid);
    const rest = Array.from({ length: connections - 1 });
    open.push(...await inTurns(rest, 16, () => talk(port, frames)));
    return (await residentKib(server.pid) - before) / rest.length;
  } finally {
    for (const socket of open) socket.close();
    server.kill("SIGTERM");
    await server.status;
  }
}

/** A connection over which each of the frames was sent and has come back. */
async function talk(port: number, frames: readonly string[]): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = frames.length;
  socket.onopen = () => frames.forEach((frame) => socket.send(frame));
  socket.onmessage = () => void (--left === 0 && resolve());
  socket.onerror = () => reject(new Error("the echo has refused a connection"));
  await promise;
  return socket;
}
