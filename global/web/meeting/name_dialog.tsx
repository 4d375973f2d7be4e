import { useState } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import { errorWords } from "../../../shared/client/error_words.ts";
import { refusedField } from "../../../shared/client/refused_field.ts";
import { limits } from "../../../shared/protocol/text.ts";
import { Dialog } from "../dialog.tsx";
import { Field } from "../parts.tsx";
import { nameProblem, sentence, YOUR_NAME } from "../refusal.ts";
import { showAnew } from "../show_anew.ts";
import type { MeetingView } from "./meeting_view.ts";
import { nameOf } from "./name_of.ts";
import type { ScreenState } from "./screen_state.ts";

interface NameDialogProps {
  session: Pick<MeetingSession, "updateSelf">;
  view: MeetingView;
  screen: ScreenState;
}

/** Changes one's own name in the meeting. */
export function NameDialog({ session, view, screen }: NameDialogProps) {
  const { selfId } = view.state.value;
  const [name, setName] = useState(() => selfId ? nameOf(view.state.value, selfId) ?? "" : "");
  const [problem, setProblem] = useState<string>();

  /** Answers in words why it wasn't changed. */
  async function change(close: () => void): Promise<string | undefined> {
    const mistake = nameProblem(name);
    if (mistake !== undefined) return mistake;
    const answer = await session.updateSelf({ display_name: name.trim() });
    if (answer.ok) return void close();
    const refusal = refusedField(answer.error, "display_name");
    return refusal === undefined ? errorWords(answer.error) : sentence(YOUR_NAME, refusal);
  }
  function submit(event: Event, close: () => void) {
    event.preventDefault();
    void showAnew(setProblem, undefined, () => change(close));
  }
  return (
    <Dialog title="Your name" testId="name-dialog" onClosed={() => screen.dialog.value = undefined}>
      {(close) => (
        <form onSubmit={(event) => submit(event, close)}>
          <Field
            label="How the others see you"
            name="new-name"
            value={name}
            onValue={setName}
            maxLength={limits.displayNameCharacters}
            required
            testId="new-name"
            problem={problem}
          />
          <div class="actions">
            <button type="button" class="quiet" onClick={close}>Cancel</button>
            <button type="submit" class="primary" data-testid="save-name">Change the name</button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
