import { z } from "zod";
import { startStack } from "../../e2e/stack.ts";
import { callsInBrowsers } from "../support/calls_in_browsers.ts";
import { rest } from "../../rest.ts";
import type { PingTimes } from "./pings.ts";
import { cpuSeconds, leastMemory, most, processUse, type Uses } from "./process_use.ts";
import { delayQuantileMs, shardDelays } from "./shard_delays.ts";
import { startSideProcess } from "./side_process.ts";
import type { SiegeTargets } from "./targets.ts";

export interface SiegeOptions {
  readonly quietMs: number;
  /** How often the besiegers come, and how long they stay each time. */
  readonly waves: number;
  readonly waveMs: number;
  /** The meetings that go on meanwhile, and in how many of them there is a call of two browsers. */
  readonly meetings: number;
  readonly calls: number;
  /**
   * For how long memory is read in peace, before the siege and after each wave. The least reading counts: any other one has
   * what happens not to be collected yet. One reading unless told.
   */
  readonly readMs?: number;
  /** How many clients by the package `ws` are in each meeting. They ping. */
  readonly people: number;
  /** Settings of the deployment, where they are not its own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One siege, from the besiegers' coming until what they had opened is closed. */
export interface Wave {
  readonly pings: PingTimes;
  readonly worst: Uses;
  readonly after: Uses;
  readonly besiegersCpuSeconds: number;
  /** Within how much of their due time 99 % of the shard's turns came. */
  readonly shardDelayP99Ms: number;
}

export interface SiegeReport {
  /** All that is not as it has to be. */
  readonly wrong: readonly string[];
  /** How often each attack was made. */
  readonly made: ReadonlyMap<string, number>;
  readonly quiet: PingTimes;
  readonly waves: readonly Wave[];
  readonly before: Uses;
  /** How much the logs grew under siege. */
  readonly logKiB: number;
}

const code = z.object({ code: z.string() });
const token = z.object({ access_token: z.string() });
const ticket = z.object({ signaling_url: z.string(), token: z.string() });
const counts = z.array(z.tuple([z.string(), z.number()]));
const outcome = z.object({ made: counts, wrong: counts });
const times = z.object({ count: z.number(), p50Ms: z.number(), p99Ms: z.number() });
const pingTimes: z.ZodType<PingTimes> = times.extend({ own: times });

/** Idle connections between the services come and go. */
const SPARE_DESCRIPTORS = 10;
const LOOK_MS = 1_000;

/** Meetings of browsers and of signaling clients, in peace and then under siege, again and again. */
export async function besiege(options: SiegeOptions): Promise<SiegeReport> {
  const { quietMs, waves: count, waveMs, calls, readMs = 0, env = {} } = options;
  await using stack = await startStack(env);
  const { origin } = stack;
  const over = Promise.withResolvers<void>();
  const calling = Promise.withResolvers<readonly string[]>();
  const call = callsInBrowsers(origin, { count: calls, until: over.promise, onCalling: calling.resolve });
  call.catch(calling.reject);
  const { tickets, targets } = await prepare(origin, options, await calling.promise);
  const people = startSideProcess("pinger", tickets);
  await people.line();
  const pings = async (durationMs: number) => {
    await people.tell(String(durationMs));
    return pingTimes.parse(JSON.parse(await people.line()));
  };

  const quiet = await pings(quietMs);
  const before = await inPeace(stack.pid, readMs);
  const logsBefore = logKiB(stack.dataDir);

  const wrong: string[] = [];
  const made = new Map<string, number>();
  const waves: Wave[] = [];
  while (waves.length < count) {
    const besiegers = startSideProcess("besieger", targets, { isLow: true });
    let worst = await processUse(stack.pid);
    const looking = setInterval(async () => worst = most(await processUse(stack.pid), worst), LOOK_MS);
    const delays = await shardDelays(targets.ports.meeting);
    const wave = await pings(waveMs);
    const shardDelayP99Ms = delayQuantileMs(delays, await shardDelays(targets.ports.meeting), 0.99);
    const besiegersCpuSeconds = await cpuSeconds(besiegers.pid);
    const told = outcome.parse(JSON.parse(await besiegers.end()));
    clearInterval(looking);
    for (const [what, more] of told.made) made.set(what, (made.get(what) ?? 0) + more);
    wrong.push(...told.wrong.map(([what, often]) => `${what} (${often} times)`));
    await recovered(stack.pid, before);
    const after = await inPeace(stack.pid, readMs);
    for (const [service, { descriptors }] of after) {
      const had = before.get(service)?.descriptors ?? 0;
      if (descriptors > had + SPARE_DESCRIPTORS) {
        wrong.push(`${service} has ${descriptors} descriptors instead of ${had}`);
      }
    }
    waves.push({ pings: wave, worst, after, besiegersCpuSeconds, shardDelayP99Ms });
  }
  over.resolve();
  wrong.push(...await call);
  const lost = Number(await people.end());
  if (lost > 0) wrong.push(`${lost} participants were dropped`);
  return { wrong, made, quiet, waves, before, logKiB: logKiB(stack.dataDir) - logsBefore };
}

/** Makes meetings beside those with calls, a guest's ticket for each one's people, and the meetings that strangers find. */
async function prepare(origin: string, { meetings, people }: SiegeOptions, called: readonly string[]) {
  const email = `ada-${crypto.randomUUID()}@example.org`;
  const account = { email, password: crypto.randomUUID(), display_name: "Ada" };
  const { access_token } = token.parse(
    (await rest(origin, "POST", "/api/v1/auth/register", { body: account })).body,
  );
  const make = async (waiting_room: boolean) => {
    const body = { display_name: "One", settings: { allow_guests: true, waiting_room } };
    const made = await rest(origin, "POST", "/api/v1/meetings", { token: access_token, body });
    return code.parse(made.body).code;
  };
  const tickets: z.infer<typeof ticket>[] = [];
  for (let meeting = 0; meeting < meetings; meeting++) {
    const path = `/api/v1/meetings/${called[meeting] ?? await make(false)}/guest-token`;
    for (let person = 0; person < people; person++) {
      const body = { display_name: `Guest ${person}` };
      tickets.push(ticket.parse((await rest(origin, "POST", path, { body })).body));
    }
  }
  const port = Number(new URL(origin).port);
  const shard = Number(new URL(tickets[0]?.signaling_url ?? "").port);
  const targets: SiegeTargets = {
    origin,
    ports: { global: port, auth: port + 1, media: port + 2, meeting: port + 3, shard },
    openCode: await make(false),
    waitingCode: await make(true),
  };
  return { tickets, targets };
}

function logKiB(dataDir: string): number {
  const logs = `${dataDir}/logs`;
  const sizes = [...Deno.readDirSync(logs)].map(({ name }) => Deno.statSync(`${logs}/${name}`).size);
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

/** What the services hold, with the least memory of all readings in this time. */
async function inPeace(pid: number, readMs: number): Promise<Uses> {
  const untilMs = performance.now() + readMs;
  let least = await processUse(pid);
  while (performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    least = leastMemory(least, await processUse(pid));
  }
  return least;
}

/** Waits until every service has about as many descriptors as before, or until the longest idle time is over. */
async function recovered(pid: number, before: Uses): Promise<void> {
  const untilMs = performance.now() + 90_000;
  while (true) {
    const now = await processUse(pid);
    const isBack = [...now].every(([service, { descriptors }]) =>
      descriptors <= (before.get(service)?.descriptors ?? 0) + SPARE_DESCRIPTORS
    );
    if (isBack || performance.now() > untilMs) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
