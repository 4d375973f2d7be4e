import { useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import { Dialog } from "../dialog.tsx";
import { Problem, Submit } from "../parts.tsx";
import { noRefusal, type Refusal, refusalOf } from "../refusal.ts";
import { showAnew } from "../show_anew.ts";
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

  /** Answers why they weren't changed. */
  async function change(close: () => void): Promise<Refusal> {
    const wanted = changeBetween(before, draft);
    if (!wanted.ok) return wanted.refusal;
    setBusy(true);
    const result = await api.updateMeeting(meeting.code, wanted.body);
    setBusy(false);
    if (!result.ok) return refusalOf(result.error, settingsSubjects);
    close();
    return noRefusal;
  }
  function submit(event: Event, close: () => void) {
    event.preventDefault();
    void showAnew(setRefusal, noRefusal, () => change(close));
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
            <Submit testId="save-settings" isBusy={busy}>Save</Submit>
          </div>
        </form>
      )}
    </Dialog>
  );
}
