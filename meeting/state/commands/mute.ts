import { fail, type Failure } from "../../../shared/actor/mod.ts";
import type { MediaSource, Meeting as WireMeeting, ParticipantSource } from "../../../shared/protocol/mod.ts";
import { type Decision, decision, type Effect, type Notice } from "../decision.ts";
import { hostOf, insiderOf, type Meeting } from "../meeting.ts";
import { type Attendee, isAnnounced } from "../participant.ts";
import { rightsOf } from "../rights.ts";
import { devicesOf } from "../seats.ts";
import { updated } from "./participant.ts";

interface Muting {
  readonly by: string;
  readonly participantId: string;
  readonly source: MediaSource;
  readonly muted: boolean;
}

/**
 * Mutes a source of a participant's subject until a host lifts it: on all of the subject's devices, and on those on which
 * they join later. They then switch it on again by themselves.
 */
export function mute(
  meeting: Meeting,
  facts: WireMeeting,
  { by, participantId, source, muted }: Muting,
): Decision | Failure<"forbidden" | "not_found"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can mute others.");
  const target = insiderOf(meeting, participantId);
  if (target === undefined) return nobody();
  const { sub } = target;
  const before = meeting.mutes.get(sub) ?? [];
  if (before.includes(source) === muted) return decision({});
  const others = before.filter((one) => one !== source);
  const mutedSources = muted ? [...others, source] : others;
  const devices = devicesOf(meeting, sub).map((device): Attendee => ({
    ...device,
    mutedSources,
    sources: device.sources.map((one) =>
      one.source === source ? { ...one, muted_by_host: muted, paused: one.paused || muted } : one
    ),
  }));
  const notices = devices.filter(isAnnounced).flatMap((device): Notice[] => {
    const { forbidden } = rightsOf(meeting, facts, device);
    const may_unmute = !muted && !forbidden.includes(source);
    const { participantId: participant_id } = device;
    return [updated(device), mutedNotice({ participant_id, source, muted, by, may_unmute })];
  });
  const seats = devices.filter(({ state }) => state !== "waiting");
  return decision({
    changes: [
      { change: "mutes", sub, sources: mutedSources },
      ...devices.map((attendee) => ({ change: "attendee", attendee }) as const),
    ],
    notices,
    effects: [
      ...seats.map(({ participantId }): Effect => ({ effect: "rights", participantId, silenced: [] })),
      {
        effect: "record",
        type: "participant_muted",
        by: host,
        subject: sub,
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
  mayAsk: (asking: string, asked: string) => boolean,
): Decision | Failure<"forbidden" | "not_found" | "too_often"> {
  const host = hostOf(meeting, by);
  if (host === undefined) return fail("forbidden", "Only a host can ask others to unmute.");
  const target = insiderOf(meeting, participantId);
  if (target === undefined) return nobody();
  if (target.state === "away") {
    return fail("not_found", "Their connection is lost at the moment. Ask again when they are back.");
  }
  if (!mayAsk(host.sub, target.sub)) return fail("too_often", "You have just asked them.");
  return decision({
    notices: [{ to: [participantId], type: "moderation.unmute_asked", data: { source, by } }],
  });
}

/** The attendee with some sources paused. */
export function silence(attendee: Attendee, isSilenced: (source: ParticipantSource) => boolean): Attendee {
  const sources = attendee.sources.map((one) => isSilenced(one) ? { ...one, paused: true } : one);
  return { ...attendee, sources };
}

export const nobody = () => fail("not_found", "No participant of this meeting has that id.");

function mutedNotice(data: Extract<Notice, { type: "moderation.muted" }>["data"]): Notice {
  return { to: [data.participant_id], type: "moderation.muted", data };
}
