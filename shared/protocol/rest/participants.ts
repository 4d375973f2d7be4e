import * as z from "zod";
import { participant } from "../signaling/entities.ts";
import { id } from "../text.ts";
import { listOf } from "./lists.ts";

/** The participants of a meeting, those in the waiting room included, in the order of their joining. */
export const participantList = listOf(participant);

/** MC's answer to GC about a meeting that it runs. `hosts` are the subjects of those in it who are hosts. */
export const meetingRoster = z.object({ participants: z.array(participant), hosts: z.array(id) });

export type ParticipantList = z.infer<typeof participantList>;
export type MeetingRoster = z.infer<typeof meetingRoster>;
