/**
 * Hostile guests and strangers, in a process of their own. The argument is what they know; they go on until standard input
 * ends. Prints how often each kind of attack was made, and what the deployment should not have done, as JSON.
 */
import { hostileRequests } from "../siege/hostile_requests.ts";
import { hostileSockets } from "../siege/hostile_sockets.ts";
import { guestTicket, storms } from "../siege/storms.ts";
import { siegeTargets } from "../siege/targets.ts";

/** Longer than any of the server's own limits. */
const STUCK_MS = 60_000;
/** A guest's token is used for so many connections; its subject's refusals are counted. */
const USES = 12;
/** One kind of attack begins so often at most: a rate that goes on on any machine. */
const PACE_MS = 250;

const targets = siegeTargets.parse(JSON.parse(Deno.args[0] ?? ""));
const { ports } = targets;
const made = new Map<string, number>();
const wrong = new Map<string, number>();
let isOver = false;

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** Makes one attack again and again. One that is cut off early is as good as one that is answered. */
async function goOn(name: string, attack: () => Promise<unknown>): Promise<void> {
  while (!isOver) {
    const nextAt = performance.now() + PACE_MS;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<"stuck">((resolve) => timer = setTimeout(resolve, STUCK_MS, "stuck"));
    const outcome = await Promise.race([attack().catch(() => {}), stuck]);
    clearTimeout(timer);
    count(made, name);
    if (outcome === "stuck") count(wrong, `${name}: a connection was still open after a minute`);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, nextAt - performance.now())));
  }
}

let token = "rubbish";
let uses = USES;
async function guestsToken(): Promise<string> {
  if (uses++ >= USES) {
    uses = 0;
    token = (await guestTicket(targets, targets.openCode))?.token ?? "rubbish";
  }
  return token;
}

const attacks = [
  ...Object.entries(hostileSockets).map(([name, attack]) =>
    goOn(name, async () => await attack(ports.shard, await guestsToken()))
  ),
  ...Object.entries(hostileRequests).flatMap(([name, attack]) =>
    [ports.global, ports.auth, ports.meeting].map((port) => goOn(name, () => attack(port)))
  ),
  ...Object.entries(storms).map(([name, storm]) =>
    goOn(name, async () => {
      for (const line of await storm(targets)) count(wrong, `${name}: ${line}`);
    })
  ),
];
for await (const _ of Deno.stdin.readable);
isOver = true;
await Promise.all(attacks);
const report = JSON.stringify({ made: [...made], wrong: [...wrong] });
await Deno.stdout.write(new TextEncoder().encode(report));
