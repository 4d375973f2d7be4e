import { useComputed } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { CopyLink } from "../copy_link.tsx";
import type { Devices } from "../devices.ts";
import { Icon } from "../icons.tsx";
import { Brand, Problem } from "../parts.tsx";
import { ScreenTitle } from "../screen_title.tsx";
import { Chat } from "./chat.tsx";
import { Controls } from "./controls.tsx";
import { Dialogs } from "./dialogs.tsx";
import { endsByWords } from "./ends_by_words.ts";
import { Grid } from "./grid.tsx";
import { keepFocus } from "./keep_focus.ts";
import { keepScreenOn } from "./keep_screen_on.ts";
import type { MediaControls } from "./media_controls.ts";
import type { MeetingView } from "./meeting_view.ts";
import { ModerationBanner } from "./moderation_banner.tsx";
import { MoreMenu } from "./more_menu.tsx";
import { openPersonMenu, PersonMenu } from "./person_menu.tsx";
import { Reactions } from "./reactions.tsx";
import { Roster } from "./roster.tsx";
import type { ScreenState } from "./screen_state.ts";
import { Sound } from "./sound.tsx";
import { unreadCount } from "./unread.ts";
import { usePanel } from "./use_panel.ts";
import { useProblem } from "./use_problem.ts";
import { WaitingPanel } from "./waiting_panel.tsx";

interface JoinedScreenProps {
  session: MeetingSession;
  devices: Devices;
  /** Why there is neither sound nor picture in this browser, in words. */
  mediaProblem: string | undefined;
  view: MeetingView;
  screen: ScreenState;
  media: MediaControls;
  /** For who may change the meeting's settings: its creator, and admins. */
  manager?: Pick<Api, "updateMeeting">;
}

const phaseWords = {
  idle: "",
  joining: "",
  waiting: "Waiting for a host",
  joined: "You are in the meeting.",
  reconnecting: "You are being brought back…",
  ended: "",
} as const;

/** The meeting, for somebody who is in. */
export function JoinedScreen(props: JoinedScreenProps) {
  const { session, devices, mediaProblem, view, screen, media, manager } = props;
  const [onMenu] = useState(() => openPersonMenu(screen));
  const unread = useComputed(() => {
    const { chat, selfId } = view.state.value;
    return unreadCount(chat, screen.seenId.value, selfId);
  });
  const phase = useComputed(() => view.state.value.phase).value;
  const meeting = useComputed(() => view.state.value.meeting).value;
  const loss = useComputed(() => view.state.value.loss).value;
  const notice = useComputed(() => view.state.value.notice).value;
  const endsBy = useComputed(() => view.state.value.endsBy).value;
  const waiting = useComputed(() => view.state.value.waiting).value;
  const isBlocked = useComputed(() => view.state.value.blocked.size > 0).value;
  const panel = screen.panel.value;
  const { covered, onClose } = usePanel(screen);
  const problem = useProblem(view, screen, devices);
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => element.current ? keepFocus(element.current) : undefined, []);
  useEffect(() => keepScreenOn(document, navigator), []);

  return (
    <div ref={element} class={panel ? "meeting with-panel" : "meeting"} data-testid="meeting">
      <header class="meeting-header" inert={covered === "all"}>
        <Brand />
        <ScreenTitle dir="auto">{meeting?.display_name}</ScreenTitle>
        {meeting?.locked
          ? (
            <span class="locked" data-testid="locked" title="Nobody new gets in">
              <Icon name="lock" />
              <span>Locked</span>
            </span>
          )
          : null}
        {meeting ? <CopyLink link={meeting.join_url} label="Copy invitation" /> : null}
      </header>
      <div class="banners">
        <p
          class={phase === "reconnecting" ? "banner" : "visually-hidden"}
          role="status"
          data-testid="state"
          data-phase={phase}
        >
          {loss ?? phaseWords[phase]}
        </p>
        <div role="status">
          {endsBy ? <p class="banner" data-testid="ends-by">{endsByWords(endsBy)}</p> : null}
        </div>
        {notice
          ? (
            <div class="banner problem" role="alert" data-testid="notice">
              {notice}
              <button type="button" class="quiet" onClick={session.dismissNotice}>Dismiss</button>
            </div>
          )
          : null}
        {mediaProblem === undefined ? null : (
          <p class="banner problem" role="alert" data-testid="no-media">
            {mediaProblem} You can read and write meanwhile.
          </p>
        )}
        {isBlocked
          ? (
            <p class="banner problem" role="alert" data-testid="no-path">
              No sound or picture gets through between you and the meeting: your network seems to block it.
              Switch a VPN off, or try another network, such as a phone's hotspot. The chat works meanwhile.
            </p>
          )
          : null}
        <ModerationBanner session={session} view={view} screen={screen} media={media} />
        <Problem>{covered === "all" ? problem : ""}</Problem>
      </div>
      <main class="stage">
        <div class="under-panel" inert={covered !== "nothing"}>
          {waiting.length > 0
            ? (
              <WaitingPanel
                session={session}
                waiting={waiting}
                doGuestsWait={meeting?.guests_wait ?? false}
              />
            )
            : null}
          <Grid session={session} view={view} onMenu={onMenu} />
        </div>
        <Reactions view={view} />
        <Sound view={view} volumes={screen.volumes} devices={devices} />
      </main>
      {panel === "people" ? <Roster view={view} onMenu={onMenu} onClose={onClose} /> : null}
      {panel === "chat" ? <Chat session={session} view={view} screen={screen} onClose={onClose} /> : null}
      <Controls
        session={session}
        view={view}
        screen={screen}
        media={media}
        devices={devices}
        unread={unread}
        problem={covered === "all" ? "" : problem}
        isCovered={covered === "all"}
      />
      <MoreMenu session={session} view={view} screen={screen} isManager={manager !== undefined} />
      <PersonMenu session={session} view={view} screen={screen} />
      <Dialogs
        session={session}
        view={view}
        screen={screen}
        media={media}
        devices={devices}
        {...(manager ? { manager } : {})}
      />
    </div>
  );
}
