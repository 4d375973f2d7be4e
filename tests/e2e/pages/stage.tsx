import { Fragment, options, render, type VNode } from "preact";
import { Icon } from "../../../global/web/icons.tsx";
import { Chat } from "../../../global/web/meeting/chat.tsx";
import { createDevices } from "../../../global/web/devices.ts";
import { Grid } from "../../../global/web/meeting/grid.tsx";
import { createMeetingView } from "../../../global/web/meeting/meeting_view.ts";
import { ModerationBanner } from "../../../global/web/meeting/moderation_banner.tsx";
import { Reactions } from "../../../global/web/meeting/reactions.tsx";
import { Roster } from "../../../global/web/meeting/roster.tsx";
import { createScreenState } from "../../../global/web/meeting/screen_state.ts";
import { Sound } from "../../../global/web/meeting/sound.tsx";
import {
  afterNotification,
  initialState,
  type RemoteStream,
  type SessionState,
} from "../../../shared/client/session_state.ts";
import { createStore } from "../../../shared/client/store.ts";
import type { Notification } from "../../../shared/protocol/signaling.ts";

/** What a test does with the stage: it stands for the server, and counts what is redrawn. */
export interface StageKit {
  hear(notification: Notification): void;
  /** How often each component was rendered since the last look, by its name. */
  takeRenders(): Record<string, number>;
  /** What people without a camera of their own are shown with: their picture, from a canvas. */
  showPictures(participantIds: readonly string[]): void;
  /** Draws a new frame of each picture. */
  movePictures(): void;
  /** Everybody is heard. */
  hearVoices(participantIds: readonly string[]): void;
}

declare global {
  var stageKit: StageKit;
}

const people = ["me", "ada", "bob", "eve", "gil"];

const store = createStore<SessionState>({
  ...initialState,
  phase: "joined",
  selfId: "me",
  participants: people.map((id) => ({
    participant_id: id,
    display_name: id,
    role: "participant",
    participant_type: "member",
    state: "joined",
    sources: [],
    hand_raised: false,
    joined_at: "2026-01-02T03:04:05.000Z",
  })),
  assignments: people.slice(1, 4).map((id, slot) => ({
    slot,
    participant_id: id,
    source: "camera",
    consumer_id: `${id}-camera`,
  })),
});

const renders = new Map<string, number>();

/** Preact calls this before each render, and not for a component that is left as it is; only its short name is public. */
const BEFORE_RENDER = "__r";
const before: unknown = Reflect.get(options, BEFORE_RENDER);
Reflect.set(options, BEFORE_RENDER, (vnode: VNode) => {
  const { type } = vnode;
  // An icon and a list are drawn with what they belong to.
  const isOwn = typeof type === "function" && type !== Icon && type !== Fragment;
  if (isOwn) renders.set(type.name, (renders.get(type.name) ?? 0) + 1);
  if (typeof before === "function") before(vnode);
});

function addStreams(
  source: RemoteStream["source"],
  tracks: readonly [string, MediaStreamTrack | undefined][],
) {
  store.update((state) => {
    const streams = new Map(state.streams);
    for (const [participantId, track] of tracks) {
      const consumerId = `${participantId}-${source}`;
      if (track) streams.set(consumerId, { consumerId, participantId, source, track });
    }
    return { ...state, streams };
  });
}

const canvases: HTMLCanvasElement[] = [];

function picture(): MediaStreamTrack | undefined {
  const canvas = document.createElement("canvas");
  canvases.push(canvas);
  canvas.getContext("2d")?.fillRect(0, 0, 16, 16);
  return canvas.captureStream(5).getVideoTracks()[0];
}

globalThis.stageKit = {
  hear: (notification) => store.update((state) => afterNotification(state, notification)),
  takeRenders() {
    const counted = Object.fromEntries(renders);
    renders.clear();
    return counted;
  },
  showPictures: (ids) => addStreams("camera", ids.map((id) => [id, picture()])),
  movePictures: () => canvases.forEach((canvas) => canvas.getContext("2d")?.fillRect(0, 0, 16, 16)),
  hearVoices(ids) {
    const context = new AudioContext();
    const track = () => context.createMediaStreamDestination().stream.getAudioTracks()[0];
    addStreams("microphone", ids.map((id) => [id, track()]));
  },
};

const view = createMeetingView({ state: store });
const screen = createScreenState();

const nothing = () => Promise.resolve(undefined);
const noMedia = { switchOn: nothing };
const noDevices = createDevices(undefined);

function Stage() {
  return (
    <>
      <Grid
        session={{ setLayout() {}, layout: () => ({ mode: "grid", slots: 24 }) }}
        view={view}
        onMenu={() => {}}
      />
      <Reactions view={view} />
      <ModerationBanner session={{ dismissModeration() {} }} view={view} screen={screen} media={noMedia} />
      <Sound view={view} volumes={screen.volumes} devices={noDevices} />
      <Roster view={view} onMenu={() => {}} onClose={() => {}} />
      <Chat
        session={{ sendChat: () => Promise.reject(new Error("nobody to send to")) }}
        view={view}
        screen={screen}
        onClose={() => {}}
      />
    </>
  );
}

render(<Stage />, document.body);
