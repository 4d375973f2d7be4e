import { errorWords } from "../../../shared/client/error_words.ts";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import type { UserSession } from "../user_session.ts";
import { forgetGuestName } from "../guest_name.ts";
import { codeIn, dropInvitation, invitation, navigate } from "../navigation.ts";
import { Brand, Field, Problem } from "../parts.tsx";
import { ScreenTitle } from "../screen_title.tsx";
import { showAnew } from "../show_anew.ts";
import { newDraft, type SettingsDraft } from "../settings/settings_draft.ts";
import { useStore } from "../use_store.ts";
import { ChangePassword } from "./change_password.tsx";
import { CreateMeeting } from "./create_meeting.tsx";
import { MeetingList } from "./meeting_list.tsx";
import { SignIn } from "./sign_in.tsx";

interface HomeProps {
  api: Api;
  session: UserSession;
  /** Of a new meeting. */
  draft: SettingsDraft;
  onDraft(draft: SettingsDraft): void;
  isUnknownPath: boolean;
}

export function Home({ api, session, draft, onDraft, isUnknownPath }: HomeProps) {
  const invited = useStore(invitation);
  const [showsPassword, setShowsPassword] = useState(false);
  const passwordButton = useRef<HTMLButtonElement>(null);
  const [problem, setProblem] = useState("");
  /** Why somebody has to sign in again who did nothing for it, in words. */
  const [whySignIn, setWhySignIn] = useState<string>();

  useEffect(forgetGuestName, []);

  // Whoever signs in after somebody else has signed out finds nothing of theirs.
  useLayoutEffect(() => {
    if (!session.signedIn && whySignIn === undefined) onDraft(newDraft());
  }, [session.signedIn]);

  function signInAgain(failure: ApiFailure) {
    setShowsPassword(false);
    setWhySignIn(errorWords(failure));
    session.expire();
  }

  function goOn() {
    setWhySignIn(undefined);
    session.setSignedIn(true);
  }

  /** Answers in words why they are still signed in. */
  async function signOut(): Promise<string> {
    const result = await api.logout();
    if (!result.ok) return `You are still signed in. ${errorWords(result.error)}`;
    setShowsPassword(false);
    session.setSignedIn(false);
    return "";
  }
  return (
    <div class="page">
      <header class="page-header">
        <Brand />
        {session.signedIn
          ? (
            <div class="actions">
              <button
                ref={passwordButton}
                type="button"
                class="quiet"
                data-testid="change-password"
                aria-expanded={showsPassword}
                onClick={() => setShowsPassword(!showsPassword)}
              >
                Password
              </button>
              <button
                type="button"
                class="quiet"
                data-testid="sign-out"
                onClick={() => showAnew(setProblem, "", signOut)}
              >
                Sign out
              </button>
            </div>
          )
          : null}
      </header>
      <main class={session.signedIn ? "home" : "home signed-out"}>
        <section class="hero">
          <Problem>{problem}</Problem>
          {isUnknownPath ? <Problem>There is no page at this address.</Problem> : null}
          {session.signedIn && invited !== undefined ? <InvitedAlready /> : null}
          {/* Who has signed in or out is on another screen: the form or the button that had the focus is gone. */}
          <ScreenTitle key={session.signedIn}>Meet face to face, on your own server.</ScreenTitle>
          <p>Open a link, see yourself, join. Nothing to install.</p>
          <EnterCode />
        </section>
        {session.signedIn
          ? (
            <div class="columns">
              {showsPassword
                ? (
                  <ChangePassword
                    api={api}
                    onClose={() => {
                      passwordButton.current?.focus();
                      setShowsPassword(false);
                    }}
                    onSignedOut={signInAgain}
                  />
                )
                : null}
              <CreateMeeting api={api} draft={draft} onDraft={onDraft} onSignedOut={signInAgain} />
              <MeetingList api={api} onSignedOut={signInAgain} />
            </div>
          )
          : <SignIn api={api} reason={whySignIn} onSignedIn={goOn} />}
      </main>
    </div>
  );
}

/** An invitation is for somebody who has no account yet. */
function InvitedAlready() {
  return (
    <p class="invited" role="status" data-testid="invited-already">
      This link invites somebody to create an account, and you are signed in. To use it, sign out first.{" "}
      <button type="button" class="quiet" data-testid="drop-invitation" onClick={dropInvitation}>
        Close
      </button>
    </p>
  );
}

function EnterCode() {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState("");
  function submit(event: Event) {
    event.preventDefault();
    const code = codeIn(text);
    if (code !== undefined) return navigate(`/m/${code}`);
    void showAnew(setProblem, "", () => "That is neither a meeting's link nor its code.");
  }
  return (
    <form class="enter-code" onSubmit={submit}>
      <Field
        label="Meeting code or link"
        name="code"
        value={text}
        onValue={(value) => {
          setText(value);
          setProblem("");
        }}
        placeholder="Paste a link or a code"
        required
        testId="code"
        problem={problem}
      />
      <button type="submit" class="primary" data-testid="enter-code">Go to the meeting</button>
    </form>
  );
}
