import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import { navigate } from "../navigation.ts";
import { Problem } from "../parts.tsx";
import { isSignedOut, noRefusal, refusalOf } from "../refusal.ts";
import { bodyOf, type SettingsDraft, settingsSubjects } from "../settings/settings_draft.ts";
import { SettingsFields } from "../settings/settings_fields.tsx";

interface CreateMeetingProps {
  api: Api;
  draft: SettingsDraft;
  onDraft(draft: SettingsDraft): void;
  onSignedOut(failure: ApiFailure): void;
}

export function CreateMeeting({ api, draft, onDraft, onSignedOut }: CreateMeetingProps) {
  const [refusal, setRefusal] = useState(noRefusal);
  const [busy, setBusy] = useState(false);
  const isShown = useRef(true);
  useEffect(() => () => void (isShown.current = false), []);

  async function submit(event: Event) {
    event.preventDefault();
    const wanted = bodyOf(draft);
    setRefusal(wanted.ok ? noRefusal : wanted.refusal);
    if (!wanted.ok) return;
    setBusy(true);
    const result = await api.createMeeting(wanted.body);
    // Whoever has opened another meeting meanwhile stays there; this one is in their list.
    if (!isShown.current) return;
    setBusy(false);
    if (result.ok) navigate(`/m/${result.value.code}`);
    else if (isSignedOut(result.error)) onSignedOut(result.error);
    else setRefusal(refusalOf(result.error, settingsSubjects));
  }

  return (
    <section class="card" aria-labelledby="create-title">
      <h2 id="create-title">New meeting</h2>
      <form onSubmit={submit}>
        <SettingsFields draft={draft} refusal={refusal} onDraft={onDraft} />
        <Problem>{refusal.rest}</Problem>
        <button type="submit" class="primary wide" disabled={busy} data-testid="create-meeting">
          Create the meeting
        </button>
      </form>
    </section>
  );
}
