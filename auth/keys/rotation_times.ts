import { StartError } from "../../shared/service/start_error.ts";
import type { Settings } from "../settings.ts";
import type { RotationTimes } from "./stored_signing_keys.ts";

/** Leeway on expiry, and processes that hear late of a successor. */
const MARGIN_SECONDS = 60;

/**
 * When keys follow one another, by the settings.
 *
 * @throws {StartError} if a key would sign before every verifier can have it
 */
export function rotationTimes(settings: Settings): RotationTimes {
  const { keyPublishAheadSeconds, keyCacheSeconds } = settings;
  if (keyPublishAheadSeconds < keyCacheSeconds) {
    throw new StartError(
      `DT_KEY_PUBLISH_AHEAD_SECONDS is "${keyPublishAheadSeconds}"; ` +
        `it must not be less than DT_KEY_CACHE_SECONDS, which is ${keyCacheSeconds}`,
    );
  }
  const longest = Math.max(
    settings.userTokenSeconds,
    settings.serviceTokenSeconds,
    settings.meetingTokenSeconds,
  );
  return { publishAheadMs: keyPublishAheadSeconds * 1000, longestTokenMs: (longest + MARGIN_SECONDS) * 1000 };
}
