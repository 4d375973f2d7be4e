import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import { dropInvitation, invitation } from "../navigation.ts";
import { lastOrganization, rememberOrganization } from "../organization_hint.ts";
import { Field, Problem, Submit } from "../parts.tsx";
import { noRefusal, refusalOf, YOUR_NAME } from "../refusal.ts";
import { useStore } from "../use_store.ts";
import { useNeedsInvitation } from "./use_needs_invitation.ts";

const subjects = {
  display_name: YOUR_NAME,
  email: "This",
  password: "Your password",
  organization: "This",
};

interface SignInProps {
  api: Api;
  /** Why somebody has to sign in again, in words. */
  reason?: string | undefined;
  onSignedIn(): void;
}

export function SignIn({ api, reason, onSignedIn }: SignInProps) {
  const form = useRef<HTMLFormElement>(null);
  const invited = useStore(invitation);
  const [isNew, setIsNew] = useState(false);
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const [organization, setOrganization] = useState(lastOrganization);
  const [refusal, setRefusal] = useState(noRefusal);
  const [busy, setBusy] = useState(false);
  // Not by what is typed: it would fold over the cursor.
  const [isOrganizationOpen, setOrganizationOpen] = useState(organization !== "");
  const needsInvitation = useNeedsInvitation(api, organization, isNew && invited === undefined);

  useLayoutEffect(() => {
    if (invited !== undefined) show(true);
  }, [invited]);

  // What had the focus is gone with what they were doing.
  useLayoutEffect(() => {
    if (reason !== undefined) form.current?.querySelector<HTMLElement>('[name="email"]')?.focus();
  }, []);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setRefusal(noRefusal);
    const failure = isNew ? await register() : await login();
    setBusy(false);
    if (failure === undefined) onSignedIn();
    else setRefusal(refusalOf(failure, subjects));
  }

  async function register(): Promise<ApiFailure | undefined> {
    // An invitation is to one organisation.
    const where = invited === undefined ? named() : { invitation: invited };
    const result = await api.register({ email, password, display_name: name, ...where });
    if (!result.ok) return result.error;
    rememberOrganization(result.value.organization ?? "");
    dropInvitation();
  }

  async function login(): Promise<ApiFailure | undefined> {
    const result = await api.login({ email, password, ...named() });
    if (!result.ok) return result.error;
    rememberOrganization(organization);
  }

  function named() {
    return organization === "" ? {} : { organization };
  }

  function show(newcomer: boolean) {
    setIsNew(newcomer);
    setRefusal(noRefusal);
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
      {invited === undefined || !isNew ? null : (
        <p class="invited" data-testid="invited">
          You are invited: create your account.{" "}
          <button type="button" class="quiet" data-testid="uninvited" onClick={dropInvitation}>
            Go on without the invitation
          </button>
        </p>
      )}
      <div class="status-slot" role="status">
        {needsInvitation
          ? (
            <p class="invited" data-testid="needs-invitation">
              New accounts are made by invitation here. Ask whoever runs this server for a link.
            </p>
          )
          : null}
      </div>
      <form ref={form} onSubmit={submit}>
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
              problem={refusal.byField["display_name"]}
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
          problem={refusal.byField["email"]}
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
          problem={refusal.byField["password"]}
          {...(isNew ? { minLength: 8, hint: "At least 8 characters." } : {})}
        />
        {isNew && invited !== undefined ? null : (
          <details
            open={isOrganizationOpen}
            onToggle={({ currentTarget }) => setOrganizationOpen(currentTarget.open)}
          >
            <summary data-testid="show-organization">Organisation</summary>
            <Field
              label="Its short name"
              name="organization"
              value={organization}
              onValue={setOrganization}
              maxLength={63}
              hint="Leave it empty unless you were given one."
              testId="organization"
              problem={refusal.byField["organization"]}
            />
          </details>
        )}
        <Problem>{refusal.rest || reason}</Problem>
        <Submit testId="sign-in" isBusy={busy} isWide>{isNew ? "Create the account" : "Sign in"}</Submit>
      </form>
    </section>
  );
}
