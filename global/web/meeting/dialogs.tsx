import type { Api } from "../../../shared/client/api.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { Confirm } from "../confirm.tsx";
import type { Devices } from "../devices.ts";
import { DevicesDialog } from "./devices_dialog.tsx";
import type { MediaControls } from "./media_controls.ts";
import type { MeetingView } from "./meeting_view.ts";
import { NameDialog } from "./name_dialog.tsx";
import { PermissionsDialog } from "./permissions_dialog.tsx";
import { SettingsDialog } from "./settings_dialog.tsx";
import { type ScreenState, showRefusal } from "./screen_state.ts";

interface DialogsProps {
  session: MeetingSession;
  view: MeetingView;
  screen: ScreenState;
  media: MediaControls;
  devices: Devices;
  manager?: Pick<Api, "updateMeeting">;
}

/** The dialog that is open, and the question that waits for its answer. */
export function Dialogs({ session, view, screen, media, devices, manager }: DialogsProps) {
  const dialog = screen.dialog.value;
  const question = screen.question.value;
  return (
    <>
      {dialog === "permissions"
        ? <PermissionsDialog session={session} view={view} screen={screen} />
        : dialog === "settings" && manager && view.state.value.meeting
        ? <SettingsDialog api={manager} meeting={view.state.value.meeting} screen={screen} />
        : dialog === "devices"
        ? <DevicesDialog devices={devices} media={media} screen={screen} />
        : dialog === "name"
        ? <NameDialog session={session} view={view} screen={screen} />
        : null}
      {question
        ? (
          <Confirm
            {...question}
            onConfirmed={() => void showRefusal(screen, question.confirmed())}
            onClosed={() => screen.question.value = undefined}
          />
        )
        : null}
    </>
  );
}
