import type { MeetingRoster } from "../../shared/protocol/mod.ts";
import type { Meeting } from "./meeting.ts";
import { toWire } from "./participant.ts";

/** Everybody who was announced or waits, and the subjects of the hosts among them. Nobody who is still joining. */
export function rosterOf({ attendees }: Meeting): MeetingRoster {
  const known = [...attendees.values()].filter(({ state }) => state !== "joining");
  const hosts = new Set(known.filter(({ role }) => role === "host").map(({ sub }) => sub));
  return { participants: known.map(toWire), hosts: [...hosts] };
}
