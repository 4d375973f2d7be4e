import { useComputed, useSignal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { CopyLink } from "../copy_link.tsx";
import type { Devices } from "../devices.ts";
import { Brand, Spinner } from "../parts.tsx";
import { Chat } from "./chat.tsx";
import { Controls } from "./controls.tsx";
import { Grid } from "./grid.tsx";
import { createMediaControls } from "./media_controls.ts";
import { createMeetingView } from "./meeting_view.ts";
import type { Panel } from "./panel.ts";
import { Roster } from "./roster.tsx";
import { Sound } from "./sound.tsx";
import { unreadCount } from "./unread.ts";
import { WaitingPanel } from "./waiting_panel.tsx";
import { WaitingRoom } from "./waiting_room.tsx";

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
  const [view] = useState(() => createMeetingView(session));
  const [media] = useState(() => createMediaControls(session, devices));
  const [panel, setPanel] = useState<Panel>();
  const seenId = useSignal<string | undefined>(undefined);
  const unread = useComputed(() => {
    const { chat, selfId } = view.state.value;
    return unreadCount(chat, seenId.value, selfId);
  });
  const phase = useComputed(() => view.state.value.phase).value;
  const meeting = useComputed(() => view.state.value.meeting).value;
  const notice = useComputed(() => view.state.value.notice).value;
  const isHost = useComputed(() => view.state.value.role === "host").value;
  const waiting = useComputed(() => view.state.value.waiting).value;

  if (phase === "waiting") return <WaitingRoom meeting={meeting} devices={devices} session={session} />;
  if (phase === "joining" && !meeting) return <Spinner label={phaseWords.joining} />;

  return (
    <div class={panel ? "meeting with-panel" : "meeting"} data-testid="meeting">
      <header class="meeting-header">
        <Brand />
        <h1 dir="auto">{meeting?.display_name}</h1>
        {meeting ? <CopyLink link={meeting.join_url} label="Copy invitation" /> : null}
      </header>
      <p
        class={phase === "reconnecting" ? "banner" : "visually-hidden"}
        role="status"
        data-testid="state"
        data-phase={phase}
      >
        {phaseWords[phase]}
      </p>
      {notice
        ? (
          <div class="banner problem" role="alert" data-testid="notice">
            {notice}
            <button type="button" class="quiet" onClick={session.dismissNotice}>Dismiss</button>
          </div>
        )
        : null}
      <main class="stage">
        {isHost && waiting.length > 0 ? <WaitingPanel session={session} waiting={waiting} /> : null}
        <Grid session={session} view={view} />
        <Sound view={view} />
      </main>
      {panel === "people" ? <Roster view={view} onClose={() => setPanel(undefined)} /> : null}
      {panel === "chat"
        ? <Chat session={session} view={view} seenId={seenId} onClose={() => setPanel(undefined)} />
        : null}
      <Controls
        session={session}
        view={view}
        media={media}
        devices={devices}
        panel={panel}
        unread={unread}
        onPanel={(wanted) => setPanel(wanted === panel ? undefined : wanted)}
      />
    </div>
  );
}
