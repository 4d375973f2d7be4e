import type { ModerationNotice } from "../../../shared/client/session_state.ts";
import type { MediaSource, RunningMeeting } from "../../../shared/protocol/signaling.ts";

const own: Readonly<Record<MediaSource, string>> = {
  microphone: "your microphone",
  camera: "your camera",
  screen: "your shared screen",
  screen_audio: "your screen's sound",
};

/** What a host did, and what one can do about it. `by` is the host's name where it is known. */
export function moderationWords({ kind, source, mayUnmute }: ModerationNotice, by = "A host"): string {
  const what = own[source];
  switch (kind) {
    case "asked":
      return `${by} asks you to switch ${what} on. It stays off unless you do.`;
    case "unmuted":
      return mayUnmute
        ? `You may use ${what} again. It stays off until you switch it on.`
        : `${by} has lifted the mute of ${what}, but only hosts may use theirs now.`;
    case "muted":
      return mayUnmute
        ? `${by} has switched ${what} off. You can switch it on again.`
        : `${by} has switched ${what} off. Only a host can allow it again: raise your hand to ask.`;
  }
}

const uses = {
  microphone: "speak",
  camera: "show themselves",
  screen: "share a screen",
  chat: "write",
} as const;
const names = ["microphone", "camera", "screen", "chat"] as const;

/** What only hosts may do at the moment; undefined while everybody may do everything. */
export function restrictionWords({ permissions }: Pick<RunningMeeting, "permissions">): string | undefined {
  const forbidden = names.filter((name) => !permissions[name]).map((name) => uses[name]);
  if (forbidden.length === 0) return undefined;
  return `For now only hosts may ${new Intl.ListFormat("en", { type: "disjunction" }).format(forbidden)}.`;
}
