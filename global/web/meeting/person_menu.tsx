import { useComputed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import { Menu, MenuItem } from "../menu.tsx";
import { useSettableVolume } from "../use_settable_volume.ts";
import type { MeetingView } from "./meeting_view.ts";
import { actionItem } from "./action_item.ts";
import { writeTo } from "./chat_form.tsx";
import { isOwnDevice, personActions } from "./person_actions.ts";
import { PersonVolume } from "./person_volume.tsx";
import { takeAction } from "./take_action.tsx";
import { withoutPin } from "./view_choice.ts";
import type { ScreenState } from "./screen_state.ts";
import type { OpenMenu } from "./tile.tsx";

const MENU_ID = "person-menu";

/** Opens the one menu of all people for one of them. */
export function openPersonMenu({ person }: ScreenState): OpenMenu {
  return (participantId, button) => {
    const menu = document.getElementById(MENU_ID);
    person.value = { id: participantId };
    menu?.hidePopover();
    menu?.showPopover({ source: button });
  };
}

interface PersonMenuProps {
  session: MeetingSession;
  view: MeetingView;
  screen: ScreenState;
}

/** What can be done about somebody, from their tile and from the roster. */
export function PersonMenu({ session, view, screen }: PersonMenuProps) {
  const person =
    useComputed(() =>
      view.state.value.participants.find(({ participant_id }) => participant_id === screen.person.value?.id)
    ).value;
  const selfId = useComputed(() => view.state.value.selfId).value;
  const hasVolume = useSettableVolume();
  if (person === undefined) {
    return (
      <Menu id={MENU_ID} label="">
        <p class="menu-title">They have left.</p>
      </Menu>
    );
  }
  const isSelf = person.participant_id === selfId;
  return (
    <Menu id={MENU_ID} label={`More about ${person.display_name}`}>
      <p class="menu-title" dir="auto">{person.display_name}</p>
      {isSelf
        ? <OwnItems view={view} screen={screen} />
        : <OthersItems id={person.participant_id} view={view} screen={screen} hasVolume={hasVolume} />}
      <HostItems person={person} session={session} view={view} screen={screen} />
    </Menu>
  );
}

type ItemsProps = Pick<PersonMenuProps, "view" | "screen">;

function OwnItems({ view, screen }: ItemsProps) {
  const mayRename = useComputed(() => {
    const { role, meeting } = view.state.value;
    return role === "host" || meeting?.permissions.rename !== false;
  }).value;
  if (!mayRename) return <p class="menu-title">Names can't be changed in this meeting.</p>;
  return (
    <MenuItem
      icon="people"
      testId="rename"
      label="Change your name"
      onChosen={() => screen.dialog.value = "name"}
    />
  );
}

interface OthersItemsProps extends ItemsProps {
  id: string;
  hasVolume: boolean;
}

function OthersItems({ id, view, screen, hasVolume }: OthersItemsProps) {
  const choice = view.choice.value;
  const isPinned = choice.pinned === id;
  return (
    <>
      <MenuItem
        icon="pin"
        testId="pin"
        label={isPinned ? "Unpin" : "Pin to the stage"}
        onChosen={() => view.choice.value = isPinned ? withoutPin(choice) : { ...choice, pinned: id }}
      />
      <MenuItem
        icon="chat"
        testId="write-to"
        label="Write to them alone"
        onChosen={() => writeTo(screen, id)}
      />
      <PersonVolume id={id} volumes={screen.volumes} isSettable={hasVolume} />
    </>
  );
}

function HostItems({ person, session, view, screen }: PersonMenuProps & { person: Participant }) {
  // As it was when the menu was opened: no item may move under the pointer.
  const { actions, isOwn } = useMemo(() => {
    const state = view.state.peek();
    return { actions: personActions(state, person), isOwn: isOwnDevice(state, person) };
  }, [screen.person.value]);
  return (
    <>
      {actions.map((action) => {
        const { testId, icon, label, isDanger } = actionItem(action, isOwn);
        return (
          <MenuItem
            key={testId}
            testId={testId}
            icon={icon}
            label={label}
            isDanger={isDanger}
            onChosen={() => takeAction(action, person, session, screen)}
          />
        );
      })}
    </>
  );
}
