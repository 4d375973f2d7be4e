import { useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import { navigate } from "../navigation.ts";
import { Problem } from "../parts.tsx";
import { noRefusal, refusalOf } from "../refusal.ts";
import { bodyOf, newDraft, settingsSubjects } from "../settings/settings_draft.ts";
import { SettingsFields } from "../settings/settings_fields.tsx";

export function CreateMeeting({ api }: { api: Api }) {
  const [draft, setDraft] = useState(newDraft);
  const [refusal, setRefusal] = useState(noRefusal);
  const [busy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    const wanted = bodyOf(draft);
    setRefusal(wanted.ok ? noRefusal : wanted.refusal);
    if (!wanted.ok) return;
    setBusy(true);
    const result = await api.createMeeting(wanted.body);
    setBusy(false);
    if (result.ok) navigate(`/m/${result.value.code}`);
    else setRefusal(refusalOf(result.error, settingsSubjects));
  }

  return (
    <section class="card" aria-labelledby="create-title">
      <h2 id="create-title">New meeting</h2>
      <form onSubmit={submit}>
        <SettingsFields draft={draft} refusal={refusal} onDraft={setDraft} />
        <Problem>{refusal.rest}</Problem>
        <button type="submit" class="primary wide" disabled={busy} data-testid="create-meeting">
          Create the meeting
        </button>
      </form>
    </section>
  );
}
