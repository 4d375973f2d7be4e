import { lastPortProblem } from "../../shared/config/mod.ts";
import type { MediaSettings } from "../settings.ts";

/** Why a handler can't run with these settings, each of which may be right by itself, in one line; nothing if it can. */
export function settingsProblem(
  { rtcPort, sfuWorkers }: Pick<MediaSettings, "rtcPort" | "sfuWorkers">,
): string | undefined {
  return lastPortProblem(
    { name: "DT_RTC_PORT", value: rtcPort },
    { name: "DT_SFU_WORKERS", value: sfuWorkers },
  );
}
