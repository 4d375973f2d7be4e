import { fetchAsService } from "../../shared/auth/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  meetingOfferAnswer,
  type MeetingRoster,
  meetingRoster,
  type Permission,
} from "../../shared/protocol/mod.ts";
import type { LiveStore, MeetingFacts, MeetingFactsChange } from "../../shared/store/live/mod.ts";
import { isRefused } from "./is_refused.ts";
import type { PlacementServices } from "./placement_services.ts";
import type { Offer, Placement } from "./registry_protocol.ts";

const SCOPE = "service.manage-meetings.mc";
const TIMEOUT_MS = 3_000;
const log = logger("tell_controller");

/** What it takes to find a meeting's controller and speak to it. */
type ControllerServices = Pick<PlacementServices, "registry" | "serviceTokens">;
/** And to change its lease. */
export type LeaseServices = ControllerServices & { readonly live: Pick<LiveStore, "leases"> };

/**
 * Has a meeting that has ended in the durable store end in the live store and at the controller that runs it. Nobody
 * opens it from then on, and nothing that its controller still writes of it counts. A second end tells the controller
 * again. `false` if the live store doesn't know of it, so that it has to be tried again.
 */
export async function endAtController(
  services: LeaseServices,
  meetingId: string,
  at_ms: number,
): Promise<boolean> {
  const { live, registry } = services;
  const ended = await live.leases.ask("end", { meeting_id: meetingId, at_ms });
  if (!ended.ok) return false;
  if (ended.value === null) return true;
  const found = await registry.ask("shard", { shard: ended.value });
  if (found.ok && found.value !== null) {
    await tell(services, "POST", `${shardPath(found.value.internal_url, meetingId)}/end`, {});
  }
  // A controller that was not told finds out at its next write.
  const lease = await live.leases.ask("lease", { meeting_id: meetingId });
  if (!lease.ok) return false;
  if (lease.value === null) return true;
  const { generation } = lease.value;
  return (await live.leases.ask("release", { meeting_id: meetingId, generation })).ok;
}

/** Has the controller that a meeting was given to open it now. `false` if it doesn't say that it has. */
export async function openAtController(
  services: Pick<PlacementServices, "serviceTokens">,
  meetingId: string,
  { internal_url }: Pick<Placement, "internal_url">,
): Promise<boolean> {
  return await tell(services, "POST", `${shardPath(internal_url, meetingId)}/open`, {}) === "done";
}

/**
 * Has the controller that runs a meeting, if one does, know of its new settings, and which permissions the change named;
 * who opens the meeting later reads the settings in its lease. `false` if that has to be tried again.
 */
export async function changeAtController(
  services: LeaseServices,
  facts: MeetingFacts,
  named_permissions: Permission[] = [],
): Promise<boolean> {
  const { meeting_id } = facts.meeting;
  const known = await services.live.leases.ask("updateFacts", { meeting_id, facts });
  if (!known.ok && known.error.code !== "unknown") return false;
  const placed = await services.registry.ask("locate", { meeting_id });
  if (!placed.ok) return false;
  if (placed.value === null) return true;
  // Its lease came back meanwhile, with the facts of before.
  if (!known.ok) return false;
  const { internal_url } = placed.value;
  if (await changeAtShard(services, internal_url, { ...facts, named_permissions })) return true;
  // A controller that refuses connections is dead, and runs the meeting no more.
  return await isRefused(internal_url, AbortSignal.timeout(TIMEOUT_MS));
}

/** Has a shard know of a meeting's new facts, if it has opened the meeting. `false` if that has to be tried again. */
export async function changeAtShard(
  services: Pick<PlacementServices, "serviceTokens">,
  internalUrl: string,
  change: MeetingFactsChange,
): Promise<boolean> {
  return await tell(services, "PUT", `${shardPath(internalUrl, change.meeting.meeting_id)}/facts`, change) !==
    "failed";
}

/**
 * Has the controller that runs a meeting, if one does, remove a subject from it. `false` if that has to be tried again.
 */
export async function removeAtController(
  services: ControllerServices,
  meetingId: string,
  sub: string,
): Promise<boolean> {
  const placed = await services.registry.ask("locate", { meeting_id: meetingId });
  if (!placed.ok) return false;
  if (placed.value === null) return true;
  const url = `${shardPath(placed.value.internal_url, meetingId)}/remove`;
  return await tell(services, "POST", url, { sub }) !== "failed";
}

/**
 * Everybody in a meeting, from the controller that runs it; nobody if none does. `undefined` while it can't be said.
 */
export async function rosterAtController(
  services: ControllerServices,
  meetingId: string,
): Promise<MeetingRoster | undefined> {
  const nobody = { participants: [], hosts: [] };
  const placed = await services.registry.ask("locate", { meeting_id: meetingId });
  if (!placed.ok) return undefined;
  if (placed.value === null) return nobody;
  const url = `${shardPath(placed.value.internal_url, meetingId)}/participants`;
  const answer = await send(services, "GET", url);
  if (answer === "not_there") return nobody;
  if (answer === "failed") return undefined;
  const parsed = meetingRoster.safeParse(answer.body);
  return parsed.success ? parsed.data : undefined;
}

/** Whether a shard's controller takes a meeting. One that doesn't answer doesn't; one of before this question does. */
export async function offerToController(
  services: Pick<PlacementServices, "serviceTokens">,
  { meetingId, internalUrl }: Offer,
  timeoutMs: number,
): Promise<"accepted" | "refused"> {
  const answer = await send(services, "POST", `${shardPath(internalUrl, meetingId)}/offer`, {}, timeoutMs);
  if (answer === "not_there") return "accepted";
  if (answer === "failed") return "refused";
  const parsed = meetingOfferAnswer.safeParse(answer.body);
  if (!parsed.success || parsed.data.accepted) return "accepted";
  log.info("a meeting controller refuses a meeting", { url: internalUrl, reason: parsed.data.reason });
  return "refused";
}

function shardPath(internalUrl: string, meetingId: string): string {
  return `${internalUrl}/api/v1/internal/meetings/${encodeURIComponent(meetingId)}`;
}

async function tell(
  services: Pick<PlacementServices, "serviceTokens">,
  method: "POST" | "PUT",
  url: string,
  body: unknown,
): Promise<"done" | "not_there" | "failed"> {
  const answer = await send(services, method, url, body);
  return typeof answer === "string" ? answer : "done";
}

/** What a controller answers, as JSON. `not_there`: nobody has opened the meeting there yet, or any more. */
async function send(
  { serviceTokens }: Pick<PlacementServices, "serviceTokens">,
  method: "GET" | "POST" | "PUT",
  url: string,
  body?: unknown,
  timeoutMs = TIMEOUT_MS,
): Promise<{ readonly body: unknown } | "not_there" | "failed"> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = await fetchAsService(serviceTokens, SCOPE, { url, method, body, signal });
    if (!sent.ok) {
      log.warn("no token for the meeting controller", { reason: sent.error.message });
      return "failed";
    }
    const answer = sent.value;
    const text = await answer.text();
    if (answer.ok) return { body: text === "" ? undefined : JSON.parse(text) };
    if (answer.status === 404) return "not_there";
    log.warn("a meeting controller refused", { url, status: answer.status });
    return "failed";
  } catch (error) {
    log.warn("a meeting controller doesn't answer", { url, error });
    return "failed";
  }
}
