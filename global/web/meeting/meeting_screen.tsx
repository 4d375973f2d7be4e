import { useLayoutEffect, useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { CopyLink } from "../copy_link.tsx";
import type { Devices } from "../devices.ts";
import { Brand, Spinner } from "../parts.tsx";
import { useStore } from "../use_store.ts";
import { Chat } from "./chat.tsx";
import { Controls } from "./controls.tsx";
import { Grid } from "./grid.tsx";
import { createMediaControls } from "./media_controls.ts";
import { Roster } from "./roster.tsx";
import { WaitingPanel } from "./waiting_panel.tsx";
import { WaitingRoom } from "./waiting_room.tsx";

export type Panel = "people" | "chat";

interface MeetingScreenProps {
  session: MeetingSession;
  devices: Devices;
}

const phaseWords = {
  idle: "",
  joining: "Joining the meeting…",
  waiting: "Waiting for a host",
  joined: "You are in the meeting.",
  reconnecting: "The connection was lost. Trying to bring you back…",
  ended: "",
} as const;

export function MeetingScreen({ session, devices }: MeetingScreenProps) {
  const state = useStore(session.state);
  const [panel, setPanel] = useState<Panel>();
  const [seen, setSeen] = useState(0);
  const [media] = useState(() => createMediaControls(session, devices));
  const unread = panel === "chat" ? 0 : Math.max(0, state.chat.length - seen);

  useLayoutEffect(() => {
    if (panel === "chat") setSeen(state.chat.length);
  }, [panel, state.chat.length]);

  if (state.phase === "waiting") {
    return <WaitingRoom meeting={state.meeting} devices={devices} session={session} />;
  }
  if (state.phase === "joining" && !state.meeting) return <Spinner label={phaseWords.joining} />;

  const isHost = state.role === "host";
  return (
    <div class={panel ? "meeting with-panel" : "meeting"} data-testid="meeting">
      <header class="meeting-header">
        <Brand />
        <h1>{state.meeting?.display_name}</h1>
        {state.meeting ? <CopyLink link={state.meeting.join_url} label="Copy invitation" /> : null}
      </header>
      <p
        class={state.phase === "reconnecting" ? "banner" : "visually-hidden"}
        role="status"
        data-testid="state"
        data-phase={state.phase}
      >
        {phaseWords[state.phase]}
      </p>
      {state.notice
        ? (
          <div class="banner problem" role="alert" data-testid="notice">
            {state.notice}
            <button type="button" class="quiet" onClick={session.dismissNotice}>Dismiss</button>
          </div>
        )
        : null}
      <main class="stage">
        {isHost && state.waiting.length > 0
          ? <WaitingPanel session={session} waiting={state.waiting} />
          : null}
        <Grid session={session} state={state} />
      </main>
      {panel === "people" ? <Roster state={state} onClose={() => setPanel(undefined)} /> : null}
      {panel === "chat" ? <Chat session={session} state={state} onClose={() => setPanel(undefined)} /> : null}
      <Controls
        session={session}
        state={state}
        media={media}
        devices={devices}
        panel={panel}
        unread={unread}
        onPanel={(wanted) => setPanel(wanted === panel ? undefined : wanted)}
      />
    </div>
  );
}
