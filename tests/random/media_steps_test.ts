import { fuzzSteps } from "../media/routing/steps/fuzz_steps.ts";

Deno.test("media steps › 5,000 mutated steps kill no worker, and each gets an outcome of the protocol", async () => {
  await fuzzSteps(5_000, Number(Deno.env.get("ACTOR_SEED") ?? 1));
});
