import { useComputed } from "@preact/signals";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { Dialog } from "../dialog.tsx";
import { Check, Problem } from "../parts.tsx";
import { permissionLabels } from "../settings/settings_fields.tsx";
import type { MeetingView } from "./meeting_view.ts";
import { closeTellingDialog, type ScreenState, showRefusal } from "./screen_state.ts";

interface PermissionsDialogProps {
  session: Pick<MeetingSession, "setPermissions">;
  view: MeetingView;
  screen: ScreenState;
}

/** What those who are no hosts may do. Each switch holds at once, and stops what runs. */
export function PermissionsDialog({ session, view, screen }: PermissionsDialogProps) {
  const permissions = useComputed(() => view.state.value.meeting?.permissions).value;
  return (
    <Dialog
      title="What others may do"
      testId="permissions-dialog"
      onClosed={() => closeTellingDialog(screen)}
    >
      {(close) => (
        <>
          <p class="muted">Everybody who is not a host. What you switch off stops at once.</p>
          {permissionLabels.map(([name, label]) => (
            <Check
              key={name}
              name={`permit-${name}`}
              label={label}
              checked={permissions?.[name] === true}
              onChecked={(isOn) => showRefusal(screen, session.setPermissions({ [name]: isOn }))}
            />
          ))}
          <Problem>{screen.problem.value}</Problem>
          <div class="actions">
            <button type="button" class="primary" data-testid="close-dialog" onClick={close}>Done</button>
          </div>
        </>
      )}
    </Dialog>
  );
}
