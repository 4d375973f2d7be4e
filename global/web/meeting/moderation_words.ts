import type { ModerationNotice } from "../../../shared/client/session_state.ts";
import type { MediaSource, RunningMeeting } from "../../../shared/protocol/signaling.ts";

const own: Readonly<Record<MediaSource, string>> = {
  microphone: "your microphone",
  camera: "your camera",
  screen: "your shared screen",
  screen_audio: "your screen's sound",
};

/** What a host did or asks for. */
export interface ModerationWords {
  /** Whether the sentence begins with whoever did it: their name stands before the words, in its own direction. */
  isOfSomebody: boolean;
  words: string;
}

/** What a host did, and what one can do about it. */
export function moderationWords(
  { kind, source, mayUnmute }: Pick<ModerationNotice, "kind" | "source" | "mayUnmute">,
): ModerationWords {
  const what = own[source];
  const ofSomebody = (words: string): ModerationWords => ({ isOfSomebody: true, words });
  switch (kind) {
    case "asked":
      return ofSomebody(`asks you to switch ${what} on. It stays off unless you do.`);
    case "unmuted":
      if (!mayUnmute) return ofSomebody(`has lifted the mute of ${what}, but only hosts may use theirs now.`);
      return {
        isOfSomebody: false,
        words: `You may use ${what} again. It stays off until you switch it on.`,
      };
    case "muted":
      return ofSomebody(
        mayUnmute
          ? `has switched ${what} off. You can switch it on again.`
          : `has switched ${what} off. Only a host can allow it again: raise your hand to ask.`,
      );
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
