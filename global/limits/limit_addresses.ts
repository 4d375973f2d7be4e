import type { Layer } from "../../shared/http/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
import { errorBody } from "../../shared/protocol/mod.ts";
import { assertWithinLimit } from "./assert_within_limit.ts";
import type { LimitServices } from "./limit_services.ts";

/**
 * What looks after the service from outside must not be shut out by the traffic that it looks at. None of these does more
 * for many who ask than for one.
 */
const UNLIMITED: ReadonlySet<string> = new Set(["/health", "/ready", "/metrics"]);

/**
 * Limits requests by address. Controllers and handlers report by the thousand from one address, which may be strangers' as
 * well: their requests are answered whatever others there do. Those without a good token count, and are refused in the end.
 */
export function limitAddresses(services: LimitServices): Layer {
  return async ({ url, clientAddress }, next) => {
    if (UNLIMITED.has(url.pathname)) return await next();
    const key = addressKey(clientAddress);
    if (!url.pathname.startsWith("/api/v1/internal/")) {
      await assertWithinLimit(services, "address", key);
      return await next();
    }
    const answer = await next();
    if (await isUnproven(answer)) await assertWithinLimit(services, "address", key);
    return answer;
  };
}

/** Whether an answer was given before a good token was seen: there was none, or there is no such route. */
async function isUnproven(answer: Response): Promise<boolean> {
  if (answer.status !== 404) return answer.status === 401 || answer.status === 405;
  // What a service asks for may not be there either.
  return errorBody.safeParse(await answer.clone().json()).data?.error.code === "NOT_FOUND";
}
