import { useRef, useState } from "preact/hooks";
import type { Api } from "../../shared/client/api.ts";
import type { DevicesOn } from "./devices_on.ts";
import { guestName, rememberGuestName } from "./guest_name.ts";
import { SignIn } from "./home/sign_in.tsx";
import { Brand } from "./parts.tsx";
import { RestoreSession } from "./restore_session.tsx";
import { ScreenTitle } from "./screen_title.tsx";
import { seatIn } from "./seat/kept_seat.ts";
import { wasSignedIn } from "./session_hint.ts";
import type { UserSession } from "./user_session.ts";
import { Visit } from "./visit.tsx";
import { goBack, goOnSignedIn, startAs, type Visits } from "./visits.ts";

interface MeetingPageProps {
  api: Api;
  code: string;
  session: UserSession;
}

/** The visits to one meeting, each as a member or as a guest. */
export function MeetingPage({ api, code, session }: MeetingPageProps) {
  const [visits, setVisits] = useState<Visits>(() => ({
    number: 0,
    // Somebody who has an account may have joined as a guest.
    isGuest: !session.signedIn || seatIn(code, Date.now())?.isGuest === true,
    isSigningIn: false,
    name: session.signedIn ? "" : guestName(),
    nameProblem: undefined,
  }));
  const { isGuest } = visits;
  /** Whoever comes again is as they were. */
  const on = useRef<DevicesOn>(undefined);
  /** What the session is asked for, since another tab may have begun one. */
  const [askedFor, setAskedFor] = useState<"again" | "sign_in">();

  // A visit calls back from an earlier render, too.
  const start = (asGuest: boolean, nameProblem?: string) =>
    setVisits((before) => startAs(before, asGuest, nameProblem));
  const showSignIn = () => setVisits((before) => ({ ...before, isSigningIn: true }));

  function remember(name: string) {
    setVisits((before) => ({ ...before, name }));
    if (isGuest) rememberGuestName(name);
  }

  function again(asGuest: boolean) {
    if (!asGuest && !session.signedIn && session.isOutdated) setAskedFor("again");
    else start(asGuest || !session.signedIn);
  }
  function signIn() {
    if (session.isOutdated || wasSignedIn()) setAskedFor("sign_in");
    else showSignIn();
  }
  function answer(signedIn: boolean | undefined) {
    session.restored(signedIn);
    setAskedFor(undefined);
    if (signedIn || askedFor === "again") start(!signedIn);
    else showSignIn();
  }

  if (askedFor !== undefined) return <RestoreSession api={api} onKnown={answer} />;
  if (visits.isSigningIn) {
    return (
      <div class="page">
        <header class="page-header">
          <Brand />
          <button
            type="button"
            class="quiet"
            onClick={() => setVisits((before) => goBack(before, session.signedIn))}
          >
            Back
          </button>
        </header>
        <main class="home">
          <ScreenTitle>Sign in to join the meeting</ScreenTitle>
          <SignIn
            api={api}
            onSignedIn={() => {
              session.setSignedIn(true);
              setVisits(goOnSignedIn);
            }}
          />
        </main>
      </div>
    );
  }
  return (
    <Visit
      key={visits.number}
      api={api}
      code={code}
      isGuest={isGuest}
      name={visits.name}
      nameProblem={visits.nameProblem}
      on={on.current}
      isSignedOut={!isGuest && !session.signedIn}
      onNamed={remember}
      onSwitched={(switched) => void (on.current = switched)}
      onNameRefused={(problem) => start(isGuest, problem)}
      onAgain={again}
      onSignIn={signIn}
    />
  );
}
