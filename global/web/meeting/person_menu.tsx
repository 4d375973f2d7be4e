import { type Signal, useComputed } from "@preact/signals";
import { Menu, MenuItem } from "../menu.tsx";
import type { MeetingView } from "./meeting_view.ts";
import type { ScreenState } from "./screen_state.ts";
import type { OpenMenu } from "./tile.tsx";

const MENU_ID = "person-menu";

/** Opens the one menu of all people for one of them. */
export function openPersonMenu({ person }: ScreenState): OpenMenu {
  return (participantId, button) => {
    const menu = document.getElementById(MENU_ID);
    person.value = participantId;
    menu?.hidePopover();
    menu?.showPopover({ source: button });
  };
}

interface PersonMenuProps {
  view: MeetingView;
  screen: ScreenState;
}

/** What can be done about somebody, from their tile and from the roster. */
export function PersonMenu({ view, screen }: PersonMenuProps) {
  const id = screen.person.value;
  const person =
    useComputed(() =>
      view.state.value.participants.find(({ participant_id }) => participant_id === screen.person.value)
    ).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  const { pinned } = view.choice.value;

  function setPinned(wanted: string | undefined) {
    const { pinned: _before, ...rest } = view.choice.value;
    view.choice.value = wanted === undefined ? rest : { ...rest, pinned: wanted };
  }
  return (
    <Menu id={MENU_ID} label={person ? `More about ${person.display_name}` : ""}>
      {id === undefined || person === undefined
        ? <p class="menu-title">They have left.</p>
        : <p class="menu-title" dir="auto">{person.display_name}</p>}
      {id === undefined || person === undefined || id === selfId ? null : (
        <>
          <MenuItem
            icon="pin"
            testId="pin"
            label={pinned === id ? "Unpin" : "Pin to the stage"}
            onChosen={() => setPinned(pinned === id ? undefined : id)}
          />
          <MenuItem
            icon="chat"
            testId="write-to"
            label="Write to them alone"
            onChosen={() => {
              screen.recipient.value = id;
              screen.panel.value = "chat";
            }}
          />
          <Volume id={id} volumes={screen.volumes} />
        </>
      )}
    </Menu>
  );
}

/** How loud somebody is played here; nobody else hears a difference. */
function Volume({ id, volumes }: { id: string; volumes: Signal<ReadonlyMap<string, number>> }) {
  const volume = volumes.value.get(id) ?? 1;
  return (
    <label class="menu-volume">
      <span>Volume for you</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={volume}
        data-testid="volume"
        aria-valuetext={`${Math.round(volume * 100)} percent`}
        onInput={({ currentTarget }) => {
          volumes.value = new Map(volumes.value).set(id, currentTarget.valueAsNumber);
        }}
      />
    </label>
  );
}
