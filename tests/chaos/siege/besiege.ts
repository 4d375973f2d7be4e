import { z } from "zod";
import { startStack } from "../../e2e/stack.ts";
import { callInBrowsers } from "../support/call_in_browsers.ts";
import { Outsider } from "../support/outsider.ts";
import { rest } from "../support/rest.ts";
import { pings, type PingTimes } from "./pings.ts";
import { type ProcessUse, processUse } from "./process_use.ts";
import type { SiegeTargets } from "./targets.ts";

export interface SiegeOptions {
  readonly quietMs: number;
  readonly siegeMs: number;
  readonly meetings: number;
  readonly people: number;
  /** Settings of the deployment, where they are not its own. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface SiegeReport {
  /** All that is not as it has to be. */
  readonly wrong: readonly string[];
  /** How often each attack was made. */
  readonly made: ReadonlyMap<string, number>;
  readonly quiet: PingTimes;
  readonly siege: PingTimes;
  readonly before: ReadonlyMap<string, ProcessUse>;
  readonly worst: ReadonlyMap<string, ProcessUse>;
  readonly after: ReadonlyMap<string, ProcessUse>;
  /** How much the logs grew under siege. */
  readonly logKiB: number;
}

const code = z.object({ code: z.string() });
const token = z.object({ access_token: z.string() });
const ticket = z.object({ signaling_url: z.string(), token: z.string() });
const counts = z.array(z.tuple([z.string(), z.number()]));
const outcome = z.object({ made: counts, wrong: counts });

/** Idle connections between the services come and go. */
const SPARE_DESCRIPTORS = 10;
const LOOK_MS = 1_000;

/** Meetings of signaling clients and a call of two browsers, in peace and then under siege. */
export async function besiege(
  { quietMs, siegeMs, meetings, people, env = {} }: SiegeOptions,
): Promise<SiegeReport> {
  await using stack = await startStack(env);
  const { origin } = stack;
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
  const crowd: Outsider[] = [];
  let shard = 0;
  for (let meeting = 0; meeting < meetings; meeting++) {
    const path = `/api/v1/meetings/${await make(false)}/guest-token`;
    for (let person = 0; person < people; person++) {
      const guest = ticket.parse(
        (await rest(origin, "POST", path, { body: { display_name: `Guest ${person}` } })).body,
      );
      shard = Number(new URL(guest.signaling_url).port);
      crowd.push((await Outsider.join(guest)).outsider);
    }
  }
  const port = Number(new URL(origin).port);
  const targets: SiegeTargets = {
    origin,
    ports: { global: port, auth: port + 1, media: port + 2, meeting: port + 3, shard },
    openCode: await make(false),
    waitingCode: await make(true),
  };

  const over = Promise.withResolvers<void>();
  const calling = Promise.withResolvers<void>();
  const call = callInBrowsers(origin, over.promise, calling.resolve);
  await Promise.race([calling.promise, call]);
  const quiet = await pings(crowd, quietMs);
  const before = await processUse(stack.pid);
  const logsBefore = logKiB(stack.dataDir);

  const besiegers = startBesiegers(targets);
  const worst = new Map(before);
  const looking = setInterval(async () => noteWorst(worst, await processUse(stack.pid)), LOOK_MS);
  const siege = await pings(crowd, siegeMs);
  clearInterval(looking);
  const { made, wrong: refusals } = await besiegers.end();
  const wrong = refusals.map(([what, times]) => `${what} (${times} times)`);
  const after = await recovered(stack.pid, before);
  for (const [service, { descriptors }] of after) {
    const had = before.get(service)?.descriptors ?? 0;
    if (descriptors > had + SPARE_DESCRIPTORS) {
      wrong.push(`${service} has ${descriptors} descriptors instead of ${had}`);
    }
  }
  over.resolve();
  wrong.push(...await call);
  const lost = crowd.filter(({ isOpen }) => !isOpen).length;
  if (lost > 0) wrong.push(`${lost} participants were dropped`);
  await Promise.all(crowd.map((outsider) => outsider.leave()));
  const written = logKiB(stack.dataDir) - logsBefore;
  return { wrong, made: new Map(made), quiet, siege, before, worst, after, logKiB: written };
}

function logKiB(dataDir: string): number {
  const logs = `${dataDir}/logs`;
  const sizes = [...Deno.readDirSync(logs)].map(({ name }) => Deno.statSync(`${logs}/${name}`).size);
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}

function startBesiegers(targets: SiegeTargets) {
  const program = new URL("../programs/besieger.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", program, JSON.stringify(targets)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  return {
    async end() {
      await child.stdin.close();
      const { stdout } = await child.output();
      return outcome.parse(JSON.parse(new TextDecoder().decode(stdout)));
    },
  };
}

function noteWorst(worst: Map<string, ProcessUse>, now: ReadonlyMap<string, ProcessUse>): void {
  for (const [service, use] of now) {
    const known = worst.get(service) ?? use;
    worst.set(service, {
      descriptors: Math.max(known.descriptors, use.descriptors),
      memoryMiB: Math.max(known.memoryMiB, use.memoryMiB),
    });
  }
}

/** Waits until every service has about as many descriptors as before, or until the longest idle time is over. */
async function recovered(pid: number, before: ReadonlyMap<string, ProcessUse>) {
  const untilMs = performance.now() + 90_000;
  while (true) {
    const now = await processUse(pid);
    const isBack = [...now].every(([service, { descriptors }]) =>
      descriptors <= (before.get(service)?.descriptors ?? 0) + SPARE_DESCRIPTORS
    );
    if (isBack || performance.now() > untilMs) return now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
