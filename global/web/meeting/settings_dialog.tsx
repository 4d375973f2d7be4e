import { useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import { Dialog } from "../dialog.tsx";
import { Problem } from "../parts.tsx";
import { noRefusal, refusalOf } from "../refusal.ts";
import { changeBetween, draftOf, settingsSubjects } from "../settings/settings_draft.ts";
import { SettingsFields } from "../settings/settings_fields.tsx";
import type { ScreenState } from "./screen_state.ts";

interface SettingsDialogProps {
  api: Pick<Api, "updateMeeting">;
  meeting: Meeting;
  screen: ScreenState;
}

/** The meeting's settings, while it runs. They stay for its next time, too. */
export function SettingsDialog({ api, meeting, screen }: SettingsDialogProps) {
  const [before] = useState(() => draftOf(meeting));
  const [draft, setDraft] = useState(before);
  const [refusal, setRefusal] = useState(noRefusal);
  const [busy, setBusy] = useState(false);

  async function submit(event: Event, close: () => void) {
    event.preventDefault();
    const wanted = changeBetween(before, draft);
    setRefusal(wanted.ok ? noRefusal : wanted.refusal);
    if (!wanted.ok) return;
    setBusy(true);
    const result = await api.updateMeeting(meeting.code, wanted.body);
    setBusy(false);
    if (result.ok) close();
    else setRefusal(refusalOf(result.error, settingsSubjects));
  }
  return (
    <Dialog
      title="Settings of the meeting"
      testId="settings-dialog"
      onClosed={() => screen.dialog.value = undefined}
    >
      {(close) => (
        <form onSubmit={(event) => submit(event, close)}>
          <SettingsFields draft={draft} refusal={refusal} onDraft={setDraft} />
          <Problem>{refusal.rest}</Problem>
          <div class="actions">
            <button type="button" class="quiet" onClick={close}>Cancel</button>
            <button type="submit" class="primary" disabled={busy} data-testid="save-settings">Save</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
