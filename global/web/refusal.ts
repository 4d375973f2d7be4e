import { errorWords } from "../../shared/client/error_words.ts";
import type { ApiFailure } from "../../shared/client/http.ts";
import { displayName } from "../../shared/protocol/text.ts";

/** A refusal in words, for a form. */
export interface Refusal {
  /** By the path of the field that each is about. */
  byField: Readonly<Record<string, string>>;
  /** What belongs to none of the form's fields. */
  rest: string;
}

export const noRefusal: Refusal = { byField: {}, rest: "" };

/** The messages of the schemas are predicates: "is empty". */
export function sentence(subject: string, predicate: string): string {
  return `${subject} ${predicate}.`;
}

/** `subjects` names the form's fields by their paths, as a sentence begins: `{display_name: "Your name"}`. */
export function refusalOf(
  { details = [], ...failure }: Pick<ApiFailure, "code" | "message" | "details" | "retryAfterSeconds">,
  subjects: Readonly<Record<string, string>>,
): Refusal {
  const byField: Record<string, string> = {};
  let rest: string | undefined;
  for (const { path, message: predicate } of details) {
    const subject = subjects[path];
    if (subject === undefined) rest ??= `${errorWords(failure)} ${path}: ${predicate}`;
    else byField[path] ??= sentence(subject, predicate);
  }
  return { byField, rest: rest ?? (details.length > 0 ? "" : errorWords(failure)) };
}

/** Whether nobody is signed in any more, as when a session was ended elsewhere: only signing in again helps. */
export function isSignedOut({ status, code }: Pick<ApiFailure, "status" | "code">): boolean {
  return status === 401 && code !== "INVALID_CREDENTIALS";
}

export const YOUR_NAME = "Your name";

/** What the servers would say of a name, so that it is said before they are asked. */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === "") return "Enter your name.";
  const checked = displayName.safeParse(name);
  return checked.success ? undefined : sentence(YOUR_NAME, checked.error.issues[0]?.message ?? "is invalid");
}
