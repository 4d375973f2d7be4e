import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";
import type { Devices } from "../devices.ts";
import { Icon, type IconName } from "../icons.tsx";
import { Problem } from "../parts.tsx";
import { useStore } from "../use_store.ts";
import { canShareScreen, type MediaControls } from "./media_controls.ts";
import type { MeetingView } from "./meeting_view.ts";
import type { Panel } from "./panel.ts";

interface ControlsProps {
  session: MeetingSession;
  view: MeetingView;
  media: MediaControls;
  devices: Devices;
  panel: Panel | undefined;
  unread: ReadonlySignal<number>;
  onPanel(panel: Panel): void;
}

export function Controls({ session, view, media, devices, panel, unread, onPanel }: ControlsProps) {
  const [problem, setProblem] = useState("");
  const { opening, loss } = useStore(devices.state);
  const local = useComputed(() => view.state.value.local).value;
  const isOn = (source: MediaSource) => local.get(source)?.paused === false;
  async function run(action: () => Promise<string | undefined>) {
    setProblem(await action() ?? "");
  }
  return (
    <footer class="controls-bar">
      <Problem>{problem || loss}</Problem>
      <div class="controls" role="toolbar" aria-label="Meeting">
        <Control
          testId="mute"
          icon={isOn("microphone") ? "microphone" : "microphoneOff"}
          label={opening.has("microphone") ? "Opening…" : isOn("microphone") ? "Mute" : "Unmute"}
          isOff={!isOn("microphone")}
          onClick={() => run(() => media.toggle("microphone"))}
        />
        <Control
          testId="camera"
          icon={isOn("camera") ? "camera" : "cameraOff"}
          label={opening.has("camera") ? "Opening…" : isOn("camera") ? "Camera off" : "Camera on"}
          isOff={!isOn("camera")}
          onClick={() => run(() => media.toggle("camera"))}
        />
        {canShareScreen
          ? (
            <Control
              testId="screen"
              icon="screen"
              label={isOn("screen") ? "Stop sharing" : "Share screen"}
              isActive={isOn("screen")}
              onClick={() => run(media.toggleScreen)}
            />
          )
          : null}
        <Control
          testId="show-people"
          icon="people"
          label="People"
          isActive={panel === "people"}
          onClick={() => onPanel("people")}
        />
        <Control
          testId="show-chat"
          icon="chat"
          label="Chat"
          badge={unread.value}
          isActive={panel === "chat"}
          onClick={() => onPanel("chat")}
        />
        <Control testId="leave" icon="leave" label="Leave" isDanger onClick={() => void session.leave()} />
      </div>
    </footer>
  );
}

interface ControlProps {
  testId: string;
  icon: IconName;
  label: string;
  isOff?: boolean;
  isActive?: boolean;
  isDanger?: boolean;
  badge?: number;
  onClick(): void;
}

function Control(props: ControlProps) {
  const classes = [
    "control",
    props.isOff && "off",
    props.isActive && "active",
    props.isDanger && "danger",
  ];
  return (
    <button
      type="button"
      class={classes.filter(Boolean).join(" ")}
      data-testid={props.testId}
      aria-pressed={props.isActive}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      <span>{props.label}</span>
      {props.badge ? <b class="badge" aria-label={`${props.badge} unread`}>{props.badge}</b> : null}
    </button>
  );
}
