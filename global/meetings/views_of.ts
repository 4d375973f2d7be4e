import type { Meeting } from "../../shared/protocol/mod.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { MeetingRow } from "../store/schema.ts";
import type { MeetingServices } from "./meeting_services.ts";
import { meetingView } from "./meeting_view.ts";

/** Meetings with their status of now. */
export async function viewsOf(
  { registry, settings }: MeetingServices,
  rows: readonly MeetingRow[],
): Promise<Meeting[]> {
  const going = rows.filter(({ ended_at }) => ended_at === null).map(({ meeting_id }) => meeting_id);
  const live = await registry.ask("live", { meeting_ids: going });
  if (!live.ok) throw unavailable(live.error);
  const running = new Set(live.value);
  return rows.map((row) => meetingView(row, settings.publicUrl, running.has(row.meeting_id)));
}

export async function viewOf(services: MeetingServices, row: MeetingRow): Promise<Meeting> {
  const [meeting] = await viewsOf(services, [row]);
  if (meeting === undefined) throw new Error("One meeting went in, none came out");
  return meeting;
}
