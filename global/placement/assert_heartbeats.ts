import { StartError } from "../../shared/service/start_error.ts";
import type { GlobalSettings } from "../settings.ts";

/**
 * A process whose reports come more seldom than it may be silent would be taken for gone while it runs. Two of three reports
 * may be late or get lost.
 *
 * @throws {StartError} if the interval is longer than a third of the timeout
 */
export function assertHeartbeats(
  { heartbeatIntervalMs, heartbeatTimeoutMs }: Pick<
    GlobalSettings,
    "heartbeatIntervalMs" | "heartbeatTimeoutMs"
  >,
): void {
  if (3 * heartbeatIntervalMs <= heartbeatTimeoutMs) return;
  throw new StartError(
    `DT_HEARTBEAT_INTERVAL_MS is "${heartbeatIntervalMs}"; ` +
      `it must not be more than a third of DT_HEARTBEAT_TIMEOUT_MS, which is ${heartbeatTimeoutMs}`,
  );
}
