import type { MediaSource } from "../../../shared/protocol/signaling.ts";
import type { IconName } from "../icons.tsx";
import type { PersonAction } from "./person_actions.ts";

/** How a host's action is offered in a menu. */
export interface ActionItem {
  testId: string;
  icon: IconName;
  label: string;
  isDanger: boolean;
}

type Shown = Exclude<MediaSource, "screen_audio">;

const labels: Readonly<Record<"mute" | "allow" | "ask", Readonly<Record<Shown, string>>>> = {
  mute: { microphone: "Mute", camera: "Switch their camera off", screen: "Stop their screen" },
  allow: {
    microphone: "Let them unmute",
    camera: "Let them use the camera",
    screen: "Let them share a screen",
  },
  ask: { microphone: "Ask them to unmute", camera: "Ask them for their camera", screen: "Ask for a screen" },
};

function sourceIcon(kind: "mute" | "allow" | "ask", source: Shown): IconName {
  return source === "screen" || kind !== "mute" ? source : `${source}Off`;
}

export function actionItem(action: PersonAction, isSelf: boolean): ActionItem {
  switch (action.kind) {
    case "mute":
    case "allow":
    case "ask": {
      const { kind } = action;
      const source = action.source === "screen_audio" ? "screen" : action.source;
      const testId = `${kind}-${source}`;
      return { testId, icon: sourceIcon(kind, source), label: labels[kind][source], isDanger: false };
    }
    case "promote":
      return { testId: "promote", icon: "star", label: "Make them a host", isDanger: false };
    case "demote": {
      const label = isSelf ? "Stop being a host" : "End their being a host";
      return { testId: "demote", icon: "star", label, isDanger: false };
    }
    case "remove":
      return { testId: "remove", icon: "remove", label: "Remove…", isDanger: true };
    case "ban":
      return { testId: "ban", icon: "remove", label: "Remove and ban…", isDanger: true };
  }
}
