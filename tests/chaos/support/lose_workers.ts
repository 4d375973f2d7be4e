import { assert } from "@std/assert";
import { childrenOf } from "../../dev/running_up.ts";
import { startStack } from "../../e2e/stack.ts";
import { crowdSettings, type Loss, lossOf } from "./loss.ts";
import { openMediaCrowd } from "./media_crowd.ts";

/**
 * A meeting on one SFU worker, whose process is killed again and again. Throws when somebody doesn't receive everybody
 * again.
 */
export async function loseWorkers(
  { size, times }: { readonly size: number; readonly times: number },
): Promise<Loss[]> {
  await using stack = await startStack(crowdSettings);
  await using crowd = await openMediaCrowd(stack, Array.from({ length: size }, () => null));
  for (const person of crowd.people) await crowd.join(person);
  const [handler] = await childrenOf(stack.pid, "media/main.ts");
  assert(handler !== undefined);
  const losses: Loss[] = [];
  for (let time = 0; time < times; time++) {
    const [worker] = await childrenOf(handler, "mediasoup-worker");
    assert(worker !== undefined);
    losses.push(lossOf(await crowd.gapsOf(() => Deno.kill(worker, "SIGKILL"), crowd.people), crowd.people));
  }
  return losses;
}
