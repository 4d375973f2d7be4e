import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import { focusHeading, isFocusLost } from "../focus.ts";
import { Field, Problem, Submit } from "../parts.tsx";
import { isSignedOut, noRefusal, refusalOf } from "../refusal.ts";

const subjects = { current_password: "Your current password", new_password: "Your new password" };

const wrongPassword = { byField: { current_password: "That is not your current password." }, rest: "" };

interface ChangePasswordProps {
  api: Api;
  onClose(): void;
  onSignedOut(failure: ApiFailure): void;
}

export function ChangePassword({ api, onClose, onSignedOut }: ChangePasswordProps) {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [refusal, setRefusal] = useState(noRefusal);
  const [busy, setBusy] = useState(false);
  const [isDone, setDone] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);

  // The form that had the focus is gone.
  useLayoutEffect(() => {
    if (isDone && title.current && isFocusLost()) focusHeading(title.current);
  }, [isDone]);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setRefusal(noRefusal);
    const result = await api.changePassword({ current_password: current, new_password: next });
    setBusy(false);
    if (result.ok) return setDone(true);
    if (isSignedOut(result.error)) return onSignedOut(result.error);
    const isWrong = result.error.code === "INVALID_CREDENTIALS";
    setRefusal(isWrong ? wrongPassword : refusalOf(result.error, subjects));
  }

  return (
    <section class="card" aria-labelledby="password-title">
      <h2 id="password-title" ref={title}>Change your password</h2>
      <div role="status" class="status-slot">
        {isDone
          ? (
            <p data-testid="password-changed">
              Your password is changed. Wherever else you were signed in, the new one is asked for within the
              hour.
            </p>
          )
          : null}
      </div>
      {isDone ? null : (
        <form id="change-password" onSubmit={submit}>
          <Field
            label="Current password"
            name="current-password"
            type="password"
            value={current}
            onValue={setCurrent}
            autocomplete="current-password"
            required
            testId="current-password"
            problem={refusal.byField["current_password"]}
          />
          <Field
            label="New password"
            name="new-password"
            type="password"
            value={next}
            onValue={setNext}
            autocomplete="new-password"
            minLength={8}
            hint="At least 8 characters."
            required
            testId="new-password"
            problem={refusal.byField["new_password"]}
          />
          <Problem>{refusal.rest}</Problem>
        </form>
      )}
      <div class="actions">
        {isDone
          ? null
          : <Submit testId="save-password" form="change-password" isBusy={busy}>Change the password</Submit>}
        <button type="button" data-testid="close-password" onClick={onClose}>Close</button>
      </div>
    </section>
  );
}
