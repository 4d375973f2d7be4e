import { lastPortProblem } from "../../shared/config/mod.ts";
import type { MediaSettings } from "../settings.ts";

/** Why a handler can't run with these settings, each of which may be right by itself, in one line; nothing if it can. */
export function settingsProblem(
  { rtcPort, sfuWorkers, pipePorts, cpuPercentFull, cpuPercentFree }: Pick<
    MediaSettings,
    "rtcPort" | "sfuWorkers" | "pipePorts" | "cpuPercentFull" | "cpuPercentFree"
  >,
): string | undefined {
  const tooMany = lastPortProblem(
    { name: "DT_RTC_PORT", value: rtcPort },
    { name: "DT_SFU_WORKERS", value: sfuWorkers },
  );
  if (tooMany !== undefined) return tooMany;
  const last = rtcPort + sfuWorkers - 1;
  if (rtcPort <= pipePorts.max && last >= pipePorts.min) {
    return `DT_PIPE_PORTS is "${pipePorts.min}-${pipePorts.max}"; ` +
      `it must have none of the media ports, which are ${rtcPort} to ${last} (DT_RTC_PORT, DT_SFU_WORKERS)`;
  }
  if (cpuPercentFree > cpuPercentFull) {
    return `DT_LIMIT_CPU_AGAIN_PERCENT is "${cpuPercentFree}"; ` +
      `it must not be more than DT_LIMIT_CPU_PERCENT, which is ${cpuPercentFull}`;
  }
  return undefined;
}
