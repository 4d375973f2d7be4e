import { assertEquals } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { loseHandlers } from "./support/lose_handlers.ts";
import { longestOf, type Loss, recoveriesOf } from "./support/loss.ts";
import { loseWorkers } from "./support/lose_workers.ts";

/** Each of four people is received by three others, sound and picture. */
const flows = 24;

function tell(what: string, losses: readonly Loss[]): void {
  const others = longestOf(losses.flatMap(({ ofTheOthers }) => ofTheOthers));
  const told = `everybody received everybody again after ${recoveriesOf(losses).join(", ")} ms`;
  say(`${what}: ${told}; longest gap among the others ${others} ms\n`);
}

const flowsOf = ({ ofTheLost, ofTheOthers }: Loss) => [ofTheLost.length, ofTheOthers.length];

// `deno task soak media` has twenty of each.

Deno.test("chaos › the SFU worker of four people is killed, three times, and all receive all again", async () => {
  const losses = await loseWorkers({ size: 4, times: 3 });
  assertEquals(losses.map(flowsOf), [[flows, 0], [flows, 0], [flows, 0]]);
  tell("killed workers", losses);
});

Deno.test("chaos › the handler of four people is killed, three times, and all receive all again on the other", async () => {
  const signals = ["SIGKILL", "SIGKILL", "SIGKILL"] as const;
  const losses = await loseHandlers({ size: 4, signals, isForAll: true });
  assertEquals(losses.map(flowsOf), signals.map(() => [flows, 0]));
  tell("killed handlers", losses);
});

Deno.test("chaos › of a meeting's two handlers each is killed, and all receive all again; then each ends, and those on it are moved before", async () => {
  const signals = ["SIGKILL", "SIGKILL", "SIGTERM", "SIGTERM"] as const;
  const losses = await loseHandlers({ size: 4, signals, isForAll: false });
  // Of these flows two are among the other two, both ways, with sound and picture.
  assertEquals(losses.map(flowsOf), signals.map(() => [flows - 4, 4]));
  tell("one of two handlers killed", losses.slice(0, 2));
  tell("drained handlers", losses.slice(2));
});
