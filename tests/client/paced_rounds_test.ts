import { assertEquals, assertRejects } from "@std/assert";
import { pacedRounds } from "../../shared/client/media/paced_rounds.ts";
import { manualClock } from "../manual_clock.ts";

Deno.test("paced rounds › one that throws is told to those whose round it was, and the next one comes", async () => {
  const clock = manualClock();
  const rounds: string[][] = [];
  const add = pacedRounds<string>((gathered) => {
    rounds.push([...gathered]);
    return gathered.includes("bad") ? Promise.reject(new Error("a fault")) : Promise.resolve();
  }, clock);
  await assertRejects(() => add(["bad"]), Error, "a fault");
  const next = add(["good"]);
  clock.advance(250);
  await next;
  assertEquals(rounds, [["bad"], ["good"]]);
});
