import { errorWords } from "../../../shared/client/error_words.ts";
import { refusedField } from "../../../shared/client/refused_field.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { RequestFailure } from "../../../shared/client/signaling.ts";
import { sentence } from "../refusal.ts";
import type { ScreenState, UnsentMessage } from "./screen_state.ts";

type Session = Pick<MeetingSession, "sendChat">;
type Form = Pick<ScreenState, "recipient" | "draft" | "chatProblem" | "unsent">;

function words(failure: RequestFailure): string {
  const refused = refusedField(failure, "text");
  return refused === undefined ? errorWords(failure) : sentence("Your message", refused);
}

/**
 * Sends what the form holds. What was not sent is given back to the form, or is kept beside it where the form is used
 * for something else meanwhile: the text for one person must not go to another one.
 */
export async function sendDraft(session: Session, form: Form): Promise<void> {
  const { recipient, draft, chatProblem } = form;
  const [text, to] = [draft.value.trim(), recipient.value];
  draft.value = chatProblem.value = "";
  const answer = await session.sendChat(text, to);
  if (answer.ok) return;
  const problem = words(answer.error);
  if (draft.value !== "" || recipient.value !== to) return keepUnsent(form, text, to, problem);
  draft.value = text;
  chatProblem.value = problem;
}

/** Sends what is kept beside the form. */
export async function sendAgain(session: Session, form: Form, message: UnsentMessage): Promise<void> {
  discard(form, message);
  const answer = await session.sendChat(message.text, message.to);
  if (!answer.ok) keepUnsent(form, message.text, message.to, words(answer.error));
}

export function discard({ unsent }: Pick<Form, "unsent">, message: UnsentMessage): void {
  unsent.value = unsent.value.filter((one) => one !== message);
}

function keepUnsent({ unsent }: Form, text: string, to: string | undefined, problem: string): void {
  unsent.value = [...unsent.value, { id: Symbol(), text, to, problem }];
}
