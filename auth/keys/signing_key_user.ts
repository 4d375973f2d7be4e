import { z } from "zod";
import { ask, protocol } from "../../shared/actor/mod.ts";

/** Whoever signs with the stored keys. */
export const SigningKeyUser = protocol({
  /** The stored keys are not what they were; answered when they have been read. */
  reload: ask(z.undefined(), z.undefined()),
});
