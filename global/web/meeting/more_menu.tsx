import { useComputed } from "@preact/signals";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { Menu, MenuItem } from "../menu.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { REACTIONS } from "./reactions.tsx";
import { type ScreenState, showRefusal } from "./screen_state.ts";
import { inOtherMode } from "./view_choice.ts";

export const MORE_MENU_ID = "more-menu";

interface MoreMenuProps {
  session: MeetingSession;
  view: MeetingView;
  screen: ScreenState;
  /** Whether they may change the meeting's settings. */
  isManager: boolean;
}

/** What has no button of its own under the meeting. */
export function MoreMenu({ session, view, screen, isManager }: MoreMenuProps) {
  const isHost = useComputed(() => view.state.value.role === "host").value;
  const { mode, isAudioOnly } = view.choice.value;
  return (
    <Menu id={MORE_MENU_ID} label="More">
      <div class="menu-reactions" role="group" aria-label="React">
        {REACTIONS.map(({ reaction, words }) => (
          <MenuItem
            key={reaction}
            testId="react"
            label={<span role="img" aria-label={words}>{reaction}</span>}
            onChosen={() => void showRefusal(screen, session.sendReaction(reaction))}
          />
        ))}
      </div>
      <MenuItem
        icon={mode === "grid" ? "speaker" : "grid"}
        testId="view-mode"
        label={mode === "grid" ? "Speaker large" : "All the same size"}
        onChosen={() => view.choice.value = inOtherMode(view.choice.value)}
      />
      <MenuItem
        icon="sound"
        testId="audio-only"
        label="Sound only"
        isOn={isAudioOnly}
        onChosen={() => view.choice.value = { ...view.choice.value, isAudioOnly: !isAudioOnly }}
      />
      <MenuItem
        icon="camera"
        testId="devices"
        label="Camera and sound"
        onChosen={() => screen.dialog.value = "devices"}
      />
      {isHost ? <MeetingItems session={session} view={view} screen={screen} isManager={isManager} /> : null}
    </Menu>
  );
}

/** What a host can do about the meeting. */
function MeetingItems({ session, view, screen, isManager }: MoreMenuProps) {
  const isLocked = useComputed(() => view.state.value.meeting?.locked === true).value;
  return (
    <>
      <hr />
      <MenuItem
        icon="microphoneOff"
        testId="mute-all"
        label="Mute everybody else"
        onChosen={() => void showRefusal(screen, session.muteAll("microphone"))}
      />
      <MenuItem
        icon="lock"
        testId="lock"
        label={isLocked ? "Unlock the meeting" : "Lock the meeting"}
        onChosen={() => void showRefusal(screen, session.setLocked(!isLocked))}
      />
      <MenuItem
        icon="people"
        testId="permissions"
        label="What others may do"
        onChosen={() => screen.dialog.value = "permissions"}
      />
      {isManager
        ? (
          <MenuItem
            icon="settings"
            testId="settings"
            label="Settings of the meeting"
            onChosen={() => screen.dialog.value = "settings"}
          />
        )
        : null}
      <MenuItem
        icon="stop"
        testId="suspend"
        label="Stop everything…"
        isDanger
        onChosen={() =>
          screen.question.value = {
            title: "Stop everything?",
            words:
              "Everybody but hosts is muted, dark and silent at once, may not begin again until you allow it, " +
              "and nobody new gets in.",
            action: "Stop everything",
            confirmed: session.suspend,
          }}
      />
      <MenuItem
        icon="leave"
        testId="end-meeting"
        label="End the meeting…"
        isDanger
        onChosen={() =>
          screen.question.value = {
            title: "End the meeting for everybody?",
            words: "All leave at once, and its link leads nowhere from then on.",
            action: "End the meeting",
            confirmed: session.endMeeting,
          }}
      />
    </>
  );
}
