import { freePorts } from "../free_ports.ts";

/** Debian's coturn on loopback, as docs/turn.md has it, but for the peers: here the media handler is on loopback. */
export interface TurnServer extends AsyncDisposable {
  readonly url: string;
  /** What it has written so far. */
  log(): string;
}

export async function startTurnServer(secret: string): Promise<TurnServer> {
  const port = freePorts(64);
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-turn-" });
  const child = new Deno.Command(Deno.env.get("DT_TURNSERVER") ?? "/usr/bin/turnserver", {
    args: [
      "-n",
      "--realm=localhost",
      "--fingerprint",
      "--use-auth-secret",
      `--static-auth-secret=${secret}`,
      "--listening-ip=127.0.0.1",
      "--relay-ip=127.0.0.1",
      `--listening-port=${port}`,
      `--min-port=${port + 1}`,
      `--max-port=${port + 63}`,
      "--user-quota=16",
      "--no-tls",
      "--no-dtls",
      "--no-cli",
      "--no-multicast-peers",
      "--allow-loopback-peers",
      "--log-file=stdout",
      "--verbose",
      `--pidfile=${folder}/pid`,
      `--userdb=${folder}/users.db`,
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let text = "";
  const listening = Promise.withResolvers<void>();
  const read = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes("listener opened on")) listening.resolve();
    }
    listening.reject(new Error(`coturn has ended: ${text.slice(-500)}`));
  })();
  await listening.promise;
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    log: () => text,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await read;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
