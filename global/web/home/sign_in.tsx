import { useLayoutEffect, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import { dropInvitation, invitation } from "../navigation.ts";
import { Field, Problem } from "../parts.tsx";
import { useStore } from "../use_store.ts";

interface SignInProps {
  api: Api;
  onSignedIn(): void;
}

export function SignIn({ api, onSignedIn }: SignInProps) {
  const invited = useStore(invitation);
  const [isNew, setIsNew] = useState(false);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);

  useLayoutEffect(() => {
    if (invited !== undefined) show(true);
  }, [invited]);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    const result = isNew
      ? await api.register({
        email,
        password,
        display_name: name,
        ...(invited ? { invitation: invited } : {}),
      })
      : await api.login({ email, password });
    setBusy(false);
    if (result.ok) {
      dropInvitation();
      return onSignedIn();
    }
    const detail = result.error.details?.[0];
    setProblem(detail ? `${result.error.message} ${detail.path}: ${detail.message}` : result.error.message);
  }

  function show(newcomer: boolean) {
    setIsNew(newcomer);
    setProblem("");
  }

  return (
    <section class="card sign-in" aria-label={isNew ? "Create an account" : "Sign in"}>
      <div class="tabs" role="group" aria-label="Account">
        <button type="button" aria-pressed={!isNew} data-testid="show-sign-in" onClick={() => show(false)}>
          Sign in
        </button>
        <button type="button" aria-pressed={isNew} data-testid="show-register" onClick={() => show(true)}>
          New account
        </button>
      </div>
      {invited === undefined || !isNew
        ? null
        : <p class="invited" data-testid="invited">You are invited: create your account.</p>}
      <form onSubmit={submit}>
        {isNew
          ? (
            <Field
              label="Your name"
              name="name"
              value={name}
              onValue={setName}
              autocomplete="name"
              maxLength={64}
              required
              testId="register-name"
            />
          )
          : null}
        <Field
          label="E-mail address"
          name="email"
          type="email"
          value={email}
          onValue={setEmail}
          autocomplete="username"
          required
          testId="email"
        />
        <Field
          label="Password"
          name="password"
          type="password"
          value={password}
          onValue={setPassword}
          autocomplete={isNew ? "new-password" : "current-password"}
          required
          testId="password"
          {...(isNew ? { minLength: 8, hint: "At least 8 characters." } : {})}
        />
        <Problem>{problem}</Problem>
        <button type="submit" class="primary wide" disabled={busy} data-testid="sign-in">
          {isNew ? "Create the account" : "Sign in"}
        </button>
      </form>
    </section>
  );
}
