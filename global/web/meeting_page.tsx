import { useState } from "preact/hooks";
import type { Api } from "../../shared/client/api.ts";
import { guestName, rememberGuestName } from "./guest_name.ts";
import { SignIn } from "./home/sign_in.tsx";
import { Brand } from "./parts.tsx";
import { RestoreSession } from "./restore_session.tsx";
import { ScreenTitle } from "./screen_title.tsx";
import { seatIn } from "./seat/kept_seat.ts";
import { wasSignedIn } from "./session_hint.ts";
import type { UserSession } from "./user_session.ts";
import { Visit } from "./visit.tsx";

interface MeetingPageProps {
  api: Api;
  code: string;
  session: UserSession;
}

/** The visits to one meeting, each as a member or as a guest. */
export function MeetingPage({ api, code, session }: MeetingPageProps) {
  const [visit, setVisit] = useState(0);
  const [isGuest, setIsGuest] = useState(() =>
    // Somebody who has an account may have joined as a guest.
    !session.signedIn || seatIn(code, Date.now())?.isGuest === true
  );
  const [isSigningIn, setIsSigningIn] = useState(false);
  /** What the session is asked for, since another tab may have begun one. */
  const [askedFor, setAskedFor] = useState<"again" | "sign_in">();
  const [name, setName] = useState(() => session.signedIn ? "" : guestName());
  const [nameProblem, setNameProblem] = useState<string>();

  function startAs(guest: boolean, problem?: string) {
    if (guest !== isGuest) setName("");
    setNameProblem(problem);
    setIsGuest(guest);
    setVisit(visit + 1);
  }
  function remember(given: string) {
    setName(given);
    if (isGuest) rememberGuestName(given);
  }

  function again(asGuest: boolean) {
    if (!asGuest && !session.signedIn && session.isOutdated) setAskedFor("again");
    else startAs(asGuest || !session.signedIn);
  }
  function signIn() {
    if (session.isOutdated || wasSignedIn()) setAskedFor("sign_in");
    else setIsSigningIn(true);
  }
  function answer(signedIn: boolean | undefined) {
    session.restored(signedIn);
    setAskedFor(undefined);
    if (signedIn || askedFor === "again") startAs(!signedIn);
    else setIsSigningIn(true);
  }

  if (askedFor !== undefined) return <RestoreSession api={api} onKnown={answer} />;
  if (isSigningIn) {
    return (
      <div class="page">
        <header class="page-header">
          <Brand />
          <button type="button" class="quiet" onClick={() => setIsSigningIn(false)}>Back</button>
        </header>
        <main class="home">
          <ScreenTitle>Sign in to join the meeting</ScreenTitle>
          <SignIn
            api={api}
            onSignedIn={() => {
              session.setSignedIn(true);
              setIsSigningIn(false);
              startAs(false);
            }}
          />
        </main>
      </div>
    );
  }
  return (
    <Visit
      key={visit}
      api={api}
      code={code}
      isGuest={isGuest}
      name={name}
      nameProblem={nameProblem}
      isSignedOut={!isGuest && !session.signedIn}
      onNamed={remember}
      onNameRefused={(problem) => startAs(isGuest, problem)}
      onAgain={again}
      onSignIn={signIn}
    />
  );
}
