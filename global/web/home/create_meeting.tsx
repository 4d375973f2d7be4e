import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import { navigate } from "../navigation.ts";
import { Problem, Submit } from "../parts.tsx";
import { isSignedOut, noRefusal, type Refusal, refusalOf } from "../refusal.ts";
import { showAnew } from "../show_anew.ts";
import { bodyOf, newDraft, type SettingsDraft, settingsSubjects } from "../settings/settings_draft.ts";
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

  /** Answers why none was created. */
  async function create(): Promise<Refusal> {
    const wanted = bodyOf(draft);
    if (!wanted.ok) return wanted.refusal;
    setBusy(true);
    const result = await api.createMeeting(wanted.body);
    if (result.ok) onDraft(newDraft());
    // Whoever has opened another meeting meanwhile stays there; this one is in their list.
    if (!isShown.current) return noRefusal;
    setBusy(false);
    if (result.ok) navigate(`/m/${result.value.code}`);
    else if (isSignedOut(result.error)) onSignedOut(result.error);
    else return refusalOf(result.error, settingsSubjects);
    return noRefusal;
  }
  function submit(event: Event) {
    event.preventDefault();
    void showAnew(setRefusal, noRefusal, create);
  }

  return (
    <section class="card" aria-labelledby="create-title">
      <h2 id="create-title">New meeting</h2>
      <form onSubmit={submit}>
        <SettingsFields draft={draft} refusal={refusal} onDraft={onDraft} />
        <Problem>{refusal.rest}</Problem>
        <Submit testId="create-meeting" isBusy={busy} isWide>Create the meeting</Submit>
      </form>
    </section>
  );
}
