import type { JoinAnswer, MediaSource, Participant, Permissions } from "../../../../shared/protocol/mod.ts";
import type { FakeHandler } from "../../routing/support/fake_handler.ts";
import type { Device } from "./device.ts";

/** What the clients know, beside what somebody learns who comes in now. */
export function wrongViews(
  devices: readonly Device[],
  truth: JoinAnswer,
  roster: readonly Participant[],
): string[] {
  return devices.filter(({ isJoined }) => isJoined).flatMap(({ name, id, state }) => {
    const seen = state.participants.filter(({ participant_id }) => participant_id !== truth.participant_id);
    return [
      ...isSame(seen, roster) ? [] : [`${name} sees ${texts(seen)}, not ${texts(roster)}`],
      ...JSON.stringify(state.meeting) === JSON.stringify(truth.meeting)
        ? []
        : [`${name} sees another meeting`],
      ...roster.some(({ participant_id }) => participant_id === id) ? [] : [`${name} is in no roster`],
    ];
  });
}

/** What the handler forwards, beside the roster and everybody's rights. */
export function wrongMedia(
  { participants }: FakeHandler,
  truth: JoinAnswer,
  roster: readonly Participant[],
): string[] {
  const inside = new Set([truth, ...roster].map(({ participant_id }) => participant_id));
  const strangers = [...participants.keys()].filter((id) => !inside.has(id));
  const wrong = strangers.map((id) => `there is media of ${id}, who is not in the meeting`);
  for (const one of roster) {
    for (const [producerId, { source, paused }] of participants.get(one.participant_id)?.producers ?? []) {
      const what = `${one.display_name}'s ${source}`;
      const listed = one.sources.find(({ producer_id }) => producer_id === producerId);
      const isDenied = isMuted(one, source) || isForbidden(one, source, truth.meeting.permissions);
      const isPaused = isDenied || listed?.paused === true || one.state === "away";
      if (listed === undefined) wrong.push(`${what} is in no roster`);
      if (isForbidden(one, source, truth.meeting.permissions) && source === "screen") {
        wrong.push(`${what} is there`);
      }
      if (isPaused !== paused) wrong.push(`${what} is ${paused ? "paused" : "on"}, and should not be`);
    }
  }
  return wrong;
}

/** Nobody was announced whose join was refused, and none was refused as if the meeting were over. */
export function wrongEntries(devices: readonly Device[], witness: JoinAnswer): string[] {
  const entered = new Set([witness.participant_id, ...devices.map(({ id }) => id)]);
  // A controller that is killed may have announced somebody whom it doesn't answer any more.
  const isOpen = devices.some(({ answer, refusal }) => answer === null && refusal === null);
  return devices.flatMap(({ name, announced, refusal }) => [
    ...isOpen
      ? []
      : [...announced.difference(entered)].map((id) => `${name} was told of ${id}, who is nobody`),
    ...refusal === "over" ? [`${name} was refused as if the meeting were over`] : [],
  ]);
}

/** A participant is only ever one person's. */
export function wrongIdentities(devices: readonly Device[]): string[] {
  const owners = new Map<string, string>();
  return devices.flatMap(({ id, name }) => {
    const owner = owners.get(id) ?? name;
    if (id !== "") owners.set(id, owner);
    return owner === name ? [] : [`${name} is the same participant as ${owner}`];
  });
}

/** Whether the handler has a participant's source, and it is on. */
export function isOn({ participants }: FakeHandler, participantId: string, source: MediaSource): boolean {
  const producers = participants.get(participantId)?.producers.values() ?? [];
  return [...producers].some((one) => one.source === source && !one.paused);
}

/** Whether a client was told that a host has muted its source. */
export function isToldMuted({ id, state }: Device, source: MediaSource): boolean {
  return state.participants.some((one) => one.participant_id === id && isMuted(one, source));
}

export function isMuted({ muted_sources }: Participant, source: string): boolean {
  return muted_sources?.some((muted) => muted === source) ?? false;
}

function isForbidden({ role }: Participant, source: string, permissions: Permissions): boolean {
  const isOff = Object.entries(permissions).some(([name, given]) => name === source && !given);
  return role !== "host" && isOff;
}

function isSame(one: readonly Participant[], other: readonly Participant[]): boolean {
  return texts(one) === texts(other);
}

function texts(participants: readonly Participant[]): string {
  const sorted = [...participants].sort((a, b) => a.participant_id < b.participant_id ? -1 : 1);
  return JSON.stringify(sorted.map((one) => Object.entries(one).sort(([a], [b]) => a < b ? -1 : 1)));
}
