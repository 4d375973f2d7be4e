import type { Permission } from "../../../shared/protocol/rest.ts";
import { limits } from "../../../shared/protocol/text.ts";
import { Check, Field } from "../parts.tsx";
import type { Refusal } from "../refusal.ts";
import type { SettingsDraft } from "./settings_draft.ts";

/** What those who are not hosts may do, in words that follow "may". */
export const permissionLabels: readonly (readonly [Permission, string])[] = [
  ["microphone", "Speak"],
  ["camera", "Show themselves"],
  ["screen", "Share a screen"],
  ["chat", "Write in the chat"],
  ["rename", "Change their name"],
];

interface NumberSetting {
  readonly key: "maxParticipants" | "startMutedAbove" | "maxDurationMinutes" | "endAfterLastHostMinutes";
  readonly label: string;
  readonly name: string;
  /** The field of the request, by which a refusal names it. */
  readonly path: string;
  readonly hint?: string;
}

const numbers: readonly NumberSetting[] = [
  { key: "maxParticipants", label: "People at most", name: "max-participants", path: "max_participants" },
  {
    key: "startMutedAbove",
    label: "Start muted beyond",
    name: "start-muted-above",
    path: "settings.start_muted_above",
    hint: "Whoever joins when this many people are there starts muted, and may unmute. Empty: nobody.",
  },
  {
    key: "maxDurationMinutes",
    label: "Minutes until it ends",
    name: "max-duration",
    path: "settings.max_duration_minutes",
    hint: "Everybody is told beforehand. Empty: a host ends it.",
  },
  {
    key: "endAfterLastHostMinutes",
    label: "Minutes until it ends without a host",
    name: "end-after-last-host",
    path: "settings.end_after_last_host_minutes",
    hint: "Counted from when the last host leaves. Empty: it goes on.",
  },
];

interface SettingsFieldsProps {
  draft: SettingsDraft;
  refusal: Refusal;
  onDraft(draft: SettingsDraft): void;
}

/** A meeting's settings, the usual ones first. */
export function SettingsFields({ draft, refusal, onDraft }: SettingsFieldsProps) {
  const { settings } = draft;
  const set = (change: Partial<SettingsDraft["settings"]>) =>
    onDraft({ ...draft, settings: { ...settings, ...change } });
  // What was refused is shown, though its part was closed.
  const hasProblemInMore = Object.keys(refusal.byField).some((path) => path !== "display_name");
  return (
    <>
      <Field
        label="What is it about?"
        name="meeting-name"
        value={draft.name}
        onValue={(name) => onDraft({ ...draft, name })}
        maxLength={limits.displayNameCharacters}
        placeholder="Weekly planning"
        required
        testId="meeting-name"
        problem={refusal.byField["display_name"]}
      />
      <Check
        name="allow-guests"
        label="Allow guests"
        hint="People without an account join with the link."
        checked={settings.allow_guests}
        onChecked={(allow_guests) => set({ allow_guests })}
      />
      <Check
        name="waiting-room"
        label="Waiting room"
        hint="Guests wait until a host lets them in."
        checked={settings.waiting_room}
        onChecked={(waiting_room) => set({ waiting_room })}
      />
      <details open={hasProblemInMore ? true : undefined}>
        <summary data-testid="more-settings">More settings</summary>
        <div class="more-settings">
          <Check
            name="allow-externals"
            label="Allow other organisations"
            hint="Their members join with their own account."
            checked={settings.allow_external_participants}
            onChecked={(allow_external_participants) => set({ allow_external_participants })}
          />
          {numbers.map(({ key, label, name, path, hint = "" }) => (
            <Field
              key={key}
              label={label}
              name={name}
              value={draft[key]}
              onValue={(value) => onDraft({ ...draft, [key]: value })}
              hint={hint}
              isNumber
              testId={name}
              problem={refusal.byField[path]}
            />
          ))}
          <fieldset>
            <legend>Those who are not hosts may</legend>
            {permissionLabels.map(([name, label]) => (
              <Check
                key={name}
                name={`setting-${name}`}
                label={label}
                checked={settings.permissions[name]}
                onChecked={(isOn) => set({ permissions: { ...settings.permissions, [name]: isOn } })}
              />
            ))}
          </fieldset>
          <fieldset>
            <legend>People come to the lobby with</legend>
            <Check
              name="on-join-microphone"
              label="The microphone on"
              checked={settings.on_join.microphone}
              onChecked={(microphone) => set({ on_join: { ...settings.on_join, microphone } })}
            />
            <Check
              name="on-join-camera"
              label="The camera on"
              checked={settings.on_join.camera}
              onChecked={(camera) => set({ on_join: { ...settings.on_join, camera } })}
            />
          </fieldset>
        </div>
      </details>
    </>
  );
}
