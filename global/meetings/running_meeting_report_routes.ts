import { logUntold } from "../../shared/log/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { endMeetingRequest, moderationAuditBody, removalRequest } from "../../shared/protocol/mod.ts";
import { addAuditEntries } from "../audit/audit_outbox.ts";
import { refuse } from "../errors/errors.ts";
import { unavailable } from "../errors/unavailable.ts";
import { readFromRunningController, runsElsewhere } from "../placement/read_from_running_controller.ts";
import { forgetEnd } from "./end_outbox.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { endMeeting, meetingById } from "./meeting_store.ts";
import { keepRemoval } from "./removals.ts";

const PATH = "/api/v1/internal/meetings/:meeting_id";
const SCOPE = "service.register-controller.gc";

/** What the controller that runs a meeting reports: its end, whom a host removed, and what its hosts did in it. */
export function runningMeetingReportRoutes(services: MeetingServices): Route[] {
  return [
    { method: "POST", path: `${PATH}/end`, handler: (context) => reportEnd(services, context) },
    { method: "POST", path: `${PATH}/removals`, handler: (context) => reportRemoval(services, context) },
    { method: "POST", path: `${PATH}/audit`, handler: (context) => reportModeration(services, context) },
  ];
}

async function reportEnd(services: MeetingServices, context: Context): Promise<Response> {
  const { meetingId, sub, generation, body } = await readFromRunningController(services, context, {
    scope: SCOPE,
    schema: endMeetingRequest,
    evenIfOver: true,
  });
  // A meeting that GC has ended has no lease any more. Its controller may learn of that end here.
  if (generation === undefined && !await hasEnded(services, meetingId)) throw runsElsewhere();
  const { by = { sub, address: context.clientAddress }, generation: known = Infinity } = body;
  // A controller that stood still may not know yet that another one has the meeting, in which a host may be.
  if (generation !== undefined && generation > known) throw runsElsewhere();
  const now = services.now();
  await endMeeting(services.store, meetingId, now, { actor: by.sub, address: by.address });
  // The controller releases the lease itself.
  const ended = await services.live.leases.ask("end", { meeting_id: meetingId, at_ms: now });
  if (!ended.ok) throw unavailable(ended.error);
  await forgetEnd(services.store, meetingId);
  logUntold(services.auditForwarder.tell("wake", undefined), "audit entries wait");
  return new Response(null, { status: 204 });
}

async function hasEnded({ store }: MeetingServices, meetingId: string): Promise<boolean> {
  const row = await meetingById(store, meetingId);
  return row !== undefined && row.ended_at !== null;
}

async function reportRemoval(services: MeetingServices, context: Context): Promise<Response> {
  const { meetingId, body } = await readFromRunningController(services, context, {
    scope: SCOPE,
    schema: removalRequest,
  });
  await keepRemoval(services.store, meetingId, body);
  return new Response(null, { status: 204 });
}

/** Also for a meeting that is over: the last entries may come late. */
async function reportModeration(services: MeetingServices, context: Context): Promise<Response> {
  const { meetingId, body: { entries } } = await readFromRunningController(services, context, {
    scope: SCOPE,
    schema: moderationAuditBody,
    evenIfOver: true,
  });
  const meeting = await meetingById(services.store, meetingId);
  if (meeting === undefined) throw refuse("MEETING_NOT_FOUND");
  const owned = entries.map((entry) => ({
    ...entry,
    organization_id: meeting.org_id,
    details: { ...entry.details, meeting_id: meetingId },
  }));
  await addAuditEntries(services.store.queries, owned);
  logUntold(services.auditForwarder.tell("wake", undefined), "audit entries wait");
  return new Response(null, { status: 204 });
}
