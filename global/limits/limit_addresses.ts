import type { Layer } from "../../shared/http/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";
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
    if (answer.status === 401) await assertWithinLimit(services, "address", key);
    return answer;
  };
}
