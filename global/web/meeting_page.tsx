import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Api } from "../../shared/client/api.ts";
import type { ApiFailure } from "../../shared/client/http.ts";
import type { MeetingSession } from "../../shared/client/session.ts";
import { type Ending, endingBeforeJoin } from "../../shared/client/endings.ts";
import type { UserSession } from "./user_session.ts";
import { createDevices } from "./devices.ts";
import { guestName, rememberGuestName } from "./guest_name.ts";
import { EndingScreen } from "./ending_screen.tsx";
import { SignIn } from "./home/sign_in.tsx";
import { Lobby } from "./lobby/lobby.tsx";
import { createPreparation, type TicketHolder } from "./lobby/preparation.ts";
import { MeetingScreen } from "./meeting/meeting_screen.tsx";
import { Brand } from "./parts.tsx";

interface MeetingPageProps {
  api: Api;
  code: string;
  session: UserSession;
}

/** One visit: from the lobby through the meeting to its end. */
export function MeetingPage({ api, code, session }: MeetingPageProps) {
  const [visit, setVisit] = useState(0);
  const [isGuest, setIsGuest] = useState(!session.signedIn);
  const [isSigningIn, setIsSigningIn] = useState(false);
  const [name, setName] = useState(() => session.signedIn ? "" : guestName());

  function startAs(guest: boolean) {
    if (guest !== isGuest) setName("");
    setIsGuest(guest);
    setVisit(visit + 1);
  }
  function remember(given: string) {
    setName(given);
    if (isGuest) rememberGuestName(given);
  }

  if (isSigningIn) {
    return (
      <div class="page">
        <header class="page-header">
          <Brand />
          <button type="button" class="quiet" onClick={() => setIsSigningIn(false)}>Back</button>
        </header>
        <main class="home">
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
      isSignedOut={!isGuest && !session.signedIn}
      onNamed={remember}
      onAgain={(asGuest) => startAs(asGuest || !session.signedIn)}
      onSignIn={() => setIsSigningIn(true)}
    />
  );
}

const SIGNED_OUT: Ending = { reason: "left", message: "You signed out in another tab." };

interface VisitProps {
  api: Api;
  code: string;
  isGuest: boolean;
  name: string;
  /** As a member who has signed out since, in another tab. */
  isSignedOut: boolean;
  onNamed(name: string): void;
  onAgain(asGuest: boolean): void;
  onSignIn(): void;
}

function Visit({ api, code, isGuest, name, isSignedOut, onNamed, onAgain, onSignIn }: VisitProps) {
  const devices = useMemo(() => createDevices(navigator.mediaDevices), []);
  const preparation = useMemo(() => createPreparation(api, code), []);
  const session = useRef<MeetingSession>(undefined);
  const stopWatching = useRef(() => {});
  const [joined, setJoined] = useState<MeetingSession>();
  const [isManager, setIsManager] = useState(false);
  const [ending, setEnding] = useState<Ending>();

  function stop() {
    preparation.stop();
    devices.closeAll();
  }

  function enter(entered: MeetingSession, { name, isManager }: TicketHolder) {
    onNamed(name);
    setIsManager(isManager);
    preparation.stop();
    session.current = entered;
    stopWatching.current = entered.state.subscribe((state) => {
      if (state.phase !== "ended") return;
      stop();
      setEnding(state.ending);
    });
    setJoined(entered);
  }

  function refuse(failure: ApiFailure) {
    stop();
    setEnding(endingBeforeJoin(failure, isGuest));
  }

  // In the commit itself, not after the paint: a visit that goes at once is ended too.
  useLayoutEffect(() => {
    // The page goes elsewhere, without a reload too: by the Back button, say.
    function leave() {
      void session.current?.leave();
      stop();
    }
    // The browser kept the page as it was, and brings it back: what was closed is opened by a visit of its own.
    function comeBack(event: PageTransitionEvent) {
      if (event.persisted && !session.current) onAgain(isGuest);
    }
    addEventListener("pagehide", leave);
    addEventListener("pageshow", comeBack);
    return () => {
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", comeBack);
      stopWatching.current();
      leave();
    };
  }, []);

  useLayoutEffect(() => {
    if (!isSignedOut || ending) return;
    stopWatching.current();
    void session.current?.leave();
    stop();
    setEnding(SIGNED_OUT);
  }, [isSignedOut]);

  if (ending) {
    return <EndingScreen ending={ending} isGuest={isGuest} onAgain={onAgain} onSignIn={onSignIn} />;
  }
  if (joined) {
    return <MeetingScreen session={joined} devices={devices} {...(isManager ? { manager: api } : {})} />;
  }
  return (
    <Lobby
      api={api}
      code={code}
      isGuest={isGuest}
      name={name}
      devices={devices}
      preparation={preparation}
      onJoined={enter}
      onRefused={refuse}
      onSignIn={onSignIn}
    />
  );
}
