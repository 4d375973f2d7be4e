/** Listens for signaling and prints its port; the test gives it few descriptors and takes them all. */
import { BoundedPort } from "../../../meeting/shard/bounded_port.ts";

const port = await BoundedPort.listen({
  hostname: "127.0.0.1",
  port: 0,
  tls: null,
  trustedProxies: [],
  limits: { sockets: 10_000, waiting: 10_000, waitingPerAddress: 10_000, waitingMs: 60_000 },
  socketLimits: { messagesPerSecond: 50, messageBurst: 100, bytesPerSecond: 262_144, byteBurst: 1_048_576 },
  now: () => performance.now(),
  knock: () =>
    Promise.resolve({ kind: "refused", status: 403, code: "FORBIDDEN", message: "Nobody enters here." }),
  enter() {},
});
setInterval(() => void port.check(), 100);
await Deno.stdout.write(new TextEncoder().encode(`${port.port}\n`));
