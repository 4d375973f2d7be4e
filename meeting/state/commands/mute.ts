import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { MediaSource, Meeting as WireMeeting, ParticipantSource } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { hostOf, insiderOf, type Meeting } from "../meeting.ts";
import type { Attendee } from "../participant.ts";
import { rightsOf } from "../rights.ts";
import { updated } from "./participant.ts";

interface Muting {
  readonly by: string;
  readonly participantId: string;
  readonly source: MediaSource;
  readonly muted: boolean;
}

/** Mutes a participant's source until a host lifts it. The participant then switches it on again by themselves. */
export function mute(
  meeting: Meeting,
  facts: WireMeeting,
  { by, participantId, source, muted }: Muting,
): Decision | Failure<"forbidden" | "not_found"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can mute others.");
  const before = insiderOf(meeting, participantId);
  if (before === undefined) return nobody();
  if (before.mutedSources.includes(source) === muted) return decision({});
  const others = before.mutedSources.filter((one) => one !== source);
  const attendee: Attendee = {
    ...before,
    mutedSources: muted ? [...others, source] : others,
    sources: before.sources.map((one) =>
      one.source === source ? { ...one, muted_by_host: muted, paused: one.paused || muted } : one
    ),
  };
  const { forbidden } = rightsOf(meeting, facts, attendee);
  const may_unmute = !muted && !forbidden.includes(source);
  return decision({
    changes: [{ change: "attendee", attendee }],
    notices: [
      updated(attendee),
      mutedNotice({ participant_id: participantId, source, muted, by, may_unmute }),
    ],
    effects: [
      { effect: "rights", participantId, silenced: [] },
      {
        effect: "record",
        type: "participant_muted",
        by: host,
        subject: before.sub,
        details: { source, muted: muted ? 1 : 0 },
      },
    ],
  });
}

/** Silences a source of everybody but hosts, once: they may switch it on again, unless permissions forbid it. */
export function muteAll(
  meeting: Meeting,
  facts: WireMeeting,
  { by, source }: { by: string; source: MediaSource },
  meetingId: string,
): Decision | Failure<"forbidden"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can mute everybody.");
  const sending = [...meeting.attendees.values()].filter(({ role, state, sources }) =>
    role !== "host" && state !== "waiting" && sources.some((one) => one.source === source && !one.paused)
  );
  const silenced = sending.map((before) => silence(before, (one) => one.source === source));
  const notices = silenced.flatMap((attendee): Notice[] => {
    const { participantId: participant_id } = attendee;
    const { muted, forbidden } = rightsOf(meeting, facts, attendee);
    const may_unmute = !muted.includes(source) && !forbidden.includes(source);
    return [
      updated(attendee),
      mutedNotice({ participant_id, source, muted: true, by, may_unmute }),
    ];
  });
  const everybody = [...meeting.attendees.values()].filter(({ role, state }) =>
    role !== "host" && state !== "waiting"
  );
  return decision({
    changes: silenced.map(({ participantId, sources }) => ({ change: "sources", participantId, sources })),
    notices,
    effects: [
      ...everybody.map(({ participantId }): Effect => ({
        effect: "rights",
        participantId,
        silenced: [source],
      })),
      {
        effect: "record",
        type: "participant_muted",
        by: host,
        subject: meetingId,
        details: { source, muted: 1 },
      },
    ],
  });
}

/** Asks a participant to switch a source on. Only they can do it. */
export function askUnmute(
  meeting: Meeting,
  { by, participantId, source }: Omit<Muting, "muted">,
): Decision | Failure<"forbidden" | "not_found"> {
  if (hostOf(meeting, by) === undefined) return fail("forbidden", "Only a host can ask others to unmute.");
  if (insiderOf(meeting, participantId) === undefined) return nobody();
  return decision({
    notices: [{ to: [participantId], type: "moderation.unmute_asked", data: { source, by } }],
  });
}

/** The attendee with some sources paused. */
export function silence(attendee: Attendee, isSilenced: (source: ParticipantSource) => boolean): Attendee {
  const sources = attendee.sources.map((one) => isSilenced(one) ? { ...one, paused: true } : one);
  return { ...attendee, sources };
}

export const nobody = () => fail("not_found", "There is nobody of that id in this meeting.");

function mutedNotice(data: Extract<Notice, { type: "moderation.muted" }>["data"]): Notice {
  return { to: [data.participant_id], type: "moderation.muted", data };
}
