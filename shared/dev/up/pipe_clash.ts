import { portRange } from "../../config/port_range.ts";
import { allPorts, type Plan } from "../plan.ts";

/** Why the pipes can't have the ports that are set for them, in one line; nothing if they can, or if none are set. */
export function pipeClash(plan: Plan, given = ""): string | undefined {
  if (given === "") return undefined;
  const parsed = portRange("DT_PIPE_PORTS", { help: "UDP ports of the pipes" }).parse(given);
  if (!parsed.ok) return parsed.message;
  const { min, max } = parsed.value;
  // A handler refuses its own media ports alone.
  const taken = allPorts(plan).find(({ port, transport }) =>
    transport === "udp" && min <= port && port <= max
  );
  if (taken === undefined) return undefined;
  return `DT_PIPE_PORTS is "${given}"; it must have none of the media ports, and ${taken.port} is one ` +
    "(DT_RTC_PORT, DT_SFU_WORKERS, DT_HANDLERS)";
}
