import { type ReadonlySignal, useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { maySend } from "../../../shared/client/session_state.ts";
import type { MediaSource } from "../../../shared/protocol/signaling.ts";
import type { Devices } from "../devices.ts";
import { Icon, type IconName } from "../icons.tsx";
import type { DeviceKind } from "../local_tracks.ts";
import { Problem } from "../parts.tsx";
import { useChange } from "../use_change.ts";
import { useStore } from "../use_store.ts";
import { canShareScreen, type MediaControls } from "./media_controls.ts";
import { mediaLabel } from "./media_label.ts";
import type { MeetingView } from "./meeting_view.ts";
import { MORE_MENU_ID } from "./more_menu.tsx";
import { restrictionWords } from "./moderation_words.ts";
import { raisedHands } from "./raised_hands.ts";
import { type ScreenState, showProblem, showRefusal, togglePanel } from "./screen_state.ts";
import { panelControlIds } from "./use_panel.ts";

interface ControlsProps {
  session: MeetingSession;
  view: MeetingView;
  screen: ScreenState;
  media: MediaControls;
  devices: Devices;
  unread: ReadonlySignal<number>;
  /** What was refused or failed last, in words. */
  problem: string;
  /** A panel lies over it. */
  isCovered: boolean;
}

export function Controls(
  { session, view, screen, media, devices, unread, problem, isCovered }: ControlsProps,
) {
  const { opening } = useStore(devices.state);
  const local = useComputed(() => view.state.value.local).value;
  const hasHandRaised = useComputed(() => {
    const { participants, selfId } = view.state.value;
    return participants.some(({ participant_id, hand_raised }) => participant_id === selfId && hand_raised);
  }).value;
  const hands = useComputed(() => raisedHands(view.state.value.participants).length).value;
  const panel = screen.panel.value;
  const isOn = (source: MediaSource) => local.get(source)?.paused === false;
  const denied = useDenied(view);
  const forgetProblem = () => void (screen.problem.value = "");
  // What was said of a button that may be used again, or of one that could be used, is over.
  useChange(denied, forgetProblem);
  const restrictions = useComputed(() => {
    const { meeting } = view.state.value;
    return meeting && restrictionWords(meeting);
  }).value;
  const labelOf = (source: DeviceKind | "screen") =>
    mediaLabel(source, {
      on: isOn(source),
      // The browser's chooser says so itself.
      opening: source !== "screen" && opening.has(source),
      denied: denied.has(source),
    });
  const run = (action: () => Promise<string | undefined>) => showProblem(screen, action);
  return (
    <footer class="controls-bar" inert={isCovered}>
      <div class="status-slot" role="status">
        {restrictions === undefined ? null : <p class="muted" data-testid="restrictions">{restrictions}</p>}
      </div>
      <Problem>{problem}</Problem>
      <div class="controls" role="group" aria-label="Meeting">
        <Control
          testId="mute"
          icon={isOn("microphone") ? "microphone" : "microphoneOff"}
          {...labelOf("microphone")}
          isOff={!isOn("microphone")}
          onClick={() =>
            run(() => media.toggle("microphone", isOn("microphone") || opening.has("microphone")))}
        />
        <Control
          testId="camera"
          icon={isOn("camera") ? "camera" : "cameraOff"}
          {...labelOf("camera")}
          isOff={!isOn("camera")}
          onClick={() => run(() => media.toggle("camera", isOn("camera") || opening.has("camera")))}
        />
        {canShareScreen
          ? (
            <Control
              testId="screen"
              icon="screen"
              {...labelOf("screen")}
              isOff={!isOn("screen") && denied.has("screen")}
              isActive={isOn("screen")}
              onClick={() => run(media.toggleScreen)}
            />
          )
          : null}
        <Control
          testId="hand"
          icon="hand"
          label={hasHandRaised ? "Lower hand" : "Raise hand"}
          isActive={hasHandRaised}
          onClick={() => showRefusal(screen, session.updateSelf({ hand_raised: !hasHandRaised }))}
        />
        <Control
          testId="show-people"
          id={panelControlIds.people}
          icon="people"
          label="People"
          badge={{ count: hands, words: "raised hands" }}
          isPressed={panel === "people"}
          onClick={() => togglePanel(screen, "people")}
        />
        <Control
          testId="show-chat"
          id={panelControlIds.chat}
          icon="chat"
          label="Chat"
          badge={{ count: unread.value, words: "unread" }}
          isPressed={panel === "chat"}
          onClick={() => togglePanel(screen, "chat")}
        />
        <Control testId="more" icon="more" label="More" opens={MORE_MENU_ID} />
        <Control testId="leave" icon="leave" label="Leave" isDanger onClick={() => void session.leave()} />
      </div>
    </footer>
  );
}

const switched = ["microphone", "camera", "screen"] as const;

/** The sources that a host keeps off. */
function useDenied(view: MeetingView): ReadonlySet<MediaSource> {
  const denied =
    useComputed(() => switched.filter((source) => !maySend(view.state.value, source)).join(" ")).value;
  return useMemo(() => new Set(switched.filter((source) => denied.split(" ").includes(source))), [denied]);
}

interface ControlProps {
  testId: string;
  id?: string;
  icon: IconName;
  label: string;
  /** For who can't see the icon, where the label isn't enough. */
  name?: string;
  isOff?: boolean;
  /** Shown as on; its label says what a press does. */
  isActive?: boolean;
  /** Shown as on and said to be: for a label that stays the same. */
  isPressed?: boolean;
  isDanger?: boolean;
  badge?: { count: number; words: string };
  /** The id of the menu that it opens. */
  opens?: string;
  onClick?(): void;
}

function Control(props: ControlProps) {
  const classes = [
    "control",
    props.isOff && "off",
    (props.isActive || props.isPressed) && "active",
    props.isDanger && "danger",
  ];
  return (
    <button
      type="button"
      id={props.id}
      class={classes.filter(Boolean).join(" ")}
      data-testid={props.testId}
      aria-label={props.name}
      aria-pressed={props.isPressed}
      aria-haspopup={props.opens === undefined ? undefined : "true"}
      popovertarget={props.opens}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
      <span>{props.label}</span>
      {props.badge && props.badge.count > 0
        ? (
          <b class="badge">
            {props.badge.count}
            <span class="visually-hidden">{props.badge.words}</span>
          </b>
        )
        : null}
    </button>
  );
}
