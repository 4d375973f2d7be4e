import type { MeetingSession } from "../../../shared/client/session.ts";
import { Menu, MenuItem } from "../menu.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { REACTIONS } from "./reactions.tsx";
import type { ViewChoice } from "./view_choice.ts";

export const MORE_MENU_ID = "more-menu";

interface MoreMenuProps {
  session: Pick<MeetingSession, "sendReaction">;
  view: MeetingView;
}

/** What has no button of its own under the meeting. */
export function MoreMenu({ session, view }: MoreMenuProps) {
  const { mode, isAudioOnly } = view.choice.value;
  const choose = (change: Partial<ViewChoice>) => {
    view.choice.value = { ...view.choice.value, ...change };
  };
  return (
    <Menu id={MORE_MENU_ID} label="More">
      <div class="menu-reactions" role="group" aria-label="React">
        {REACTIONS.map(({ reaction, words }) => (
          <MenuItem
            key={reaction}
            testId="react"
            label={<span role="img" aria-label={words}>{reaction}</span>}
            onChosen={() => session.sendReaction(reaction)}
          />
        ))}
      </div>
      <MenuItem
        icon={mode === "grid" ? "speaker" : "grid"}
        testId="view-mode"
        label={mode === "grid" ? "Speaker large" : "All the same size"}
        onChosen={() => choose({ mode: mode === "grid" ? "speaker" : "grid" })}
      />
      <MenuItem
        icon="sound"
        testId="audio-only"
        label="Sound only"
        isOn={isAudioOnly}
        onChosen={() => choose({ isAudioOnly: !isAudioOnly })}
      />
    </Menu>
  );
}
