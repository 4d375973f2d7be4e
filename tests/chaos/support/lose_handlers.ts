import { assert } from "@std/assert";
import { childrenOf } from "../../dev/running_up.ts";
import { startStack } from "../../e2e/stack.ts";
import { openMediaCrowd, type SeenGap } from "./media_crowd.ts";

export interface LostHandlers {
  /** The gaps of those who were on a handler that was lost, and at others of these. */
  readonly ofTheLost: readonly SeenGap[];
  /** The gaps among those who were on the other one. */
  readonly ofTheOthers: readonly SeenGap[];
}

/** How long each gap of a source was, in milliseconds. */
export function lengthsOf(gaps: readonly SeenGap[], source: "microphone" | "camera"): number[] {
  return gaps.filter((gap) => gap.source === source).map(({ longestMs }) => Math.round(longestMs));
}

const regions = ["north", "south"] as const;

/**
 * A meeting of `size` people over two handlers. In turns one of these gets the signal, and whoever was on it goes on on the
 * other one; then they leave, and come again on their own. Throws when somebody doesn't receive everybody again.
 */
export async function loseHandlers(
  { size, times, signal }: { readonly size: number; readonly times: number; readonly signal: Deno.Signal },
): Promise<LostHandlers> {
  await using stack = await startStack({
    DT_HANDLERS: "2",
    DT_REGION: regions[0],
    DT_HANDLER_REGIONS: regions.join(","),
    DT_LIMIT_GUESTS_PER_MINUTE: "10000",
    DT_LIMIT_SEATS_PER_SUBJECT: "100",
  });
  await using crowd = await openMediaCrowd(stack, size, regions);
  for (const person of crowd.people) await crowd.join(person);
  const lost: SeenGap[] = [];
  const others: SeenGap[] = [];
  for (let time = 0; time < times; time++) {
    const region = regions[time % 2 === 0 ? 1 : 0];
    const theirs = crowd.people.filter((one) => one.region === region);
    const names = new Set(theirs.map(({ name }) => name));
    const victim = await handlerIn(stack.pid, region);
    const connections = () =>
      Promise.all(theirs.map(({ page }) => page.evaluate(() => globalThis.mediaCrowd.connections())));
    await crowd.together();
    const before = await connections();
    const gaps = await crowd.gapsOf(
      () => Deno.kill(victim, signal),
      async () => (await connections()).every((count, index) => count > (before[index] ?? 0)),
    );
    for (const gap of gaps) (names.has(gap.by) || names.has(gap.of) ? lost : others).push(gap);
    // Its successor has to be there before anybody can be on it again.
    await handlerIn(stack.pid, region, victim);
    for (const person of theirs) await crowd.join(person);
  }
  await crowd.together();
  return { ofTheLost: lost, ofTheOthers: others };
}

/** The process of the handler in a region, once it is ready, and is another one than before. */
async function handlerIn(upPid: number, region: string, before?: number): Promise<number> {
  while (true) {
    for (const pid of await childrenOf(upPid, "media/main.ts")) {
      const environment = await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "");
      const variables = new Map(
        environment.split("\0").map((one) => {
          const [name = "", ...value] = one.split("=");
          return [name, value.join("=")];
        }),
      );
      if (variables.get("DT_REGION") !== region || pid === before) continue;
      const port = variables.get("DT_PORT");
      assert(port !== undefined);
      const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.ok) return pid;
    }
  }
}
