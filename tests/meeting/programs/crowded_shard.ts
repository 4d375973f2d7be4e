/**
 * Runs a shard in its Worker; prints its URL and a token. The test gives it few descriptors, and is a stranger to it. No
 * refusal is forgiven within the test.
 */
import { startShard } from "../support/shard.ts";

const shard = await startShard({
  logLevel: "info",
  trustedProxies: ["127.0.0.1"],
  doorLimits: { refusedPerSecond: 0.001 },
  portLimits: { waiting: 10_000, waitingPerAddress: 10_000, waitingMs: 60_000 },
});
const token = await shard.issuer.meetingToken({ sub: "ada", meeting_id: await shard.newMeeting() });
await Deno.stdout.write(new TextEncoder().encode(`${shard.url} ${token}\n`));
