import { type HttpError, refuseCommon } from "../../shared/http/mod.ts";

/** The refusal of a token that is for another meeting, or a disabled account's: the text of every refused token. */
export function unauthorized(): HttpError {
  return refuseCommon("UNAUTHORIZED", { headers: { "www-authenticate": 'Bearer realm="darktower"' } });
}
