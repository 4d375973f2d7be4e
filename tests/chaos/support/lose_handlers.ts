import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { childrenOf } from "../../dev/running_up.ts";
import { type Stack, startStack } from "../../e2e/stack.ts";
import { crowdSettings, type Loss, lossOf } from "./loss.ts";
import { type MediaPerson, openMediaCrowd } from "./media_crowd.ts";

const afterJoinsMs = 3_000;
/** Looking without a pause would take the core on which a handler starts. */
const lookMs = 100;
const regions = ["north", "south"] as const;

export interface LoseHandlers {
  /** How many people there are. */
  readonly size: number;
  /** What the handlers get, one after the other. */
  readonly signals: readonly ("SIGKILL" | "SIGTERM")[];
  /** Whether everybody is on the one that gets a signal. Otherwise half of them are. */
  readonly isForAll: boolean;
}

/**
 * A meeting where there are two handlers, which get the signals in turns. Whoever is on it goes on on the other one; where
 * others are on that, they leave, and come again on their own. Throws when somebody doesn't receive everybody again, or
 * is still on a drained handler at its end.
 */
export async function loseHandlers({ size, signals, isForAll }: LoseHandlers): Promise<Loss[]> {
  await using stack = await startStack({
    ...crowdSettings,
    DT_HANDLERS: "2",
    DT_REGION: regions[0],
    DT_HANDLER_REGIONS: regions.join(","),
  });
  const regionOf = (index: number) => regions[isForAll || index % 2 === 0 ? 0 : 1];
  await using crowd = await openMediaCrowd(
    stack,
    Array.from({ length: size }, (_, index) => regionOf(index)),
  );
  /** What so many joins take of the cores is no part of the next loss. */
  const enter = async (people: readonly MediaPerson[]) => {
    for (const person of people) await crowd.join(person);
    await crowd.together();
    await delay(afterJoinsMs);
  };
  await enter(crowd.people);
  const losses: Loss[] = [];
  let drains = 0;
  for (const [time, signal] of signals.entries()) {
    const region = regions[(isForAll ? time : time + 1) % 2 === 0 ? 0 : 1];
    const theirs = isForAll ? crowd.people : crowd.people.filter((one) => one.region === region);
    const victim = await handlerIn(stack.pid, region);
    losses.push(lossOf(await crowd.gapsOf(() => Deno.kill(victim, signal), theirs), theirs));
    // Its successor has to be there before anybody can be on it again.
    await handlerIn(stack.pid, region, victim);
    if (signal === "SIGTERM") assertEquals(await emptied(stack), ++drains, "drained with nobody left on it");
    if (!isForAll && time < signals.length - 1) await enter(theirs);
  }
  await crowd.together();
  return losses;
}

/** How often a handler has seen everybody move to another one before its end. */
async function emptied({ dataDir }: Stack): Promise<number> {
  const logs = await Promise.all(
    ["media", "media-2"].map((name) => Deno.readTextFile(`${dataDir}/logs/${name}.log`)),
  );
  return logs.join("").split("no transport is left").length - 1;
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
    await delay(lookMs);
  }
}
