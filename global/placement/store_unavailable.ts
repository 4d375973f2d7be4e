import { fail, type Failure } from "../../shared/actor/mod.ts";

export type StoreUnavailable = Failure<"unavailable">;

/** What the registry answers while the live store doesn't. */
export function storeUnavailable(): StoreUnavailable {
  return fail("unavailable", "The live store doesn't answer");
}
