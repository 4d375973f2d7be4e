import { fail, type Failure } from "../../../actor/mod.ts";
import { isUnavailable } from "../../is_unavailable.ts";
import { UNAVAILABLE } from "../ports/live_id.ts";

/**
 * The answer to a request that failed because the file can't be read or written at the moment: a full disk, for example.
 *
 * @throws any other error
 */
export function unlessUnavailable(error: unknown): Failure<typeof UNAVAILABLE> {
  if (!(error instanceof Error) || !isUnavailable(error)) throw error;
  return fail(UNAVAILABLE, `The live store can't be used: ${error.message}`);
}
