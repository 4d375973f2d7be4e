import { getLogger } from "@logtape/logtape";
import type { Logger } from "@logtape/logtape";

/**
 * The logger of a part of the program, for example `logger("token_issuer")`. A message is a plain sentence, what
 * varies goes into fields: `log.info("meeting ended", { meeting_id })`.
 */
export function logger(...category: string[]): Logger {
  return getLogger(["dark-tower", ...category]);
}
