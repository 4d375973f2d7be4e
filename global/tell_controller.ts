import { fetchAsService } from "../shared/auth/mod.ts";
import { logger } from "../shared/log/mod.ts";
import type { MeetingFacts } from "../shared/store/live/mod.ts";
import type { Parts } from "./parts.ts";

const SCOPE = "service.manage-meetings.mc";
const TIMEOUT_MS = 3_000;
const log = logger("tell_controller");

/** What it takes to find a meeting's controller and speak to it. */
type ControllerParts = Pick<Parts, "registry" | "serviceTokens">;

/**
 * Has the controller that runs a meeting end it. When it doesn't, its lease is taken away, so that nothing that it
 * writes of the meeting counts any more.
 */
export async function endAtController(parts: Parts, meetingId: string): Promise<void> {
  const placed = await parts.registry.ask("locate", { meeting_id: meetingId });
  const place = placed.ok ? placed.value : null;
  if (place !== null) {
    const answer = await tell(parts, "POST", `${shardPath(place.internal_url, meetingId)}/end`, {});
    if (answer === "done") return;
  }
  const lease = await parts.live.leases.ask("lease", { meeting_id: meetingId });
  if (!lease.ok || lease.value === null) return;
  await parts.live.leases.ask("release", { meeting_id: meetingId, generation: lease.value.generation });
}

/** Has the controller that runs a meeting know of its new settings; who opens it later reads them in its lease. */
export async function changeAtController(parts: Parts, facts: MeetingFacts): Promise<void> {
  const { meeting_id } = facts.meeting;
  const known = await parts.live.leases.ask("updateFacts", { meeting_id, facts });
  if (!known.ok) return;
  const placed = await parts.registry.ask("locate", { meeting_id });
  if (!placed.ok || placed.value === null) return;
  await tell(parts, "PUT", `${shardPath(placed.value.internal_url, meeting_id)}/facts`, facts);
}

/**
 * Has the controller that runs a meeting, if one does, remove a subject from it. `false` if that has to be tried again.
 */
export async function removeAtController(
  parts: ControllerParts,
  meetingId: string,
  sub: string,
): Promise<boolean> {
  const placed = await parts.registry.ask("locate", { meeting_id: meetingId });
  if (!placed.ok) return false;
  if (placed.value === null) return true;
  const url = `${shardPath(placed.value.internal_url, meetingId)}/remove`;
  return await tell(parts, "POST", url, { sub }) !== "failed";
}

function shardPath(internalUrl: string, meetingId: string): string {
  return `${internalUrl}/api/v1/internal/meetings/${encodeURIComponent(meetingId)}`;
}

async function tell(
  { serviceTokens }: Pick<Parts, "serviceTokens">,
  method: "POST" | "PUT",
  url: string,
  body: unknown,
): Promise<"done" | "not_there" | "failed"> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = await fetchAsService(serviceTokens, SCOPE, { url, method, body, signal });
    if (!sent.ok) {
      log.warn("no token for the meeting controller", { reason: sent.error.message });
      return "failed";
    }
    const answer = sent.value;
    await answer.body?.cancel();
    if (answer.ok) return "done";
    // Nobody has opened the meeting there yet, or any more.
    if (answer.status === 404) return "not_there";
    log.warn("a meeting controller refused", { url, status: answer.status });
    return "failed";
  } catch (error) {
    log.warn("a meeting controller doesn't answer", { url, error });
    return "failed";
  }
}
