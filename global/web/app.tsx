import { useEffect, useRef, useState } from "preact/hooks";
import { createApi } from "../../shared/client/api.ts";
import { forgetGuestName } from "./guest_name.ts";
import { Home } from "./home/home.tsx";
import { MeetingPage } from "./meeting_page.tsx";
import { codeIn, path } from "./navigation.ts";
import { openOtherTabs } from "./other_tabs.ts";
import { RestoreSession } from "./restore_session.tsx";
import { rememberSignedIn, wasSignedIn } from "./session_hint.ts";
import { newDraft } from "./settings/settings_draft.ts";
import { useStore } from "./use_store.ts";

const api = createApi({ baseUrl: "" });
const otherTabs = openOtherTabs("dark-tower-account");

export function App() {
  const current = useStore(path);
  const [signedIn, setKnown] = useState(wasSignedIn() ? undefined : false);
  /** While this tab showed a meeting, somebody signed in in another one. */
  const [isOutdated, setOutdated] = useState(false);
  /** Of a new meeting: it outlives the start page, as while the session is asked for, and no sign-out. */
  const [draft, setDraft] = useState(newDraft);
  /** The id of the user who was signed in last: the draft is theirs. */
  const owner = useRef<string>(undefined);
  const code = current.startsWith("/m/") ? codeIn(current) : undefined;
  const isInMeeting = code !== undefined;

  /** Another account may sign in without a sign-out of the one before, whose session has run out. */
  function takeOver() {
    const userId = api.userId();
    if (userId !== owner.current) setDraft(newDraft);
    owner.current = userId;
  }
  function setSignedIn(signedIn: boolean) {
    setOutdated(false);
    if (signedIn) {
      forgetGuestName();
      takeOver();
    } else {
      setDraft(newDraft);
    }
    rememberSignedIn(signedIn);
    setKnown(signedIn);
    otherTabs.tell(signedIn ? "signed_in" : "signed_out");
  }
  function restored(signedIn: boolean | undefined) {
    setOutdated(false);
    if (signedIn !== undefined) rememberSignedIn(signedIn);
    if (signedIn) takeOver();
    setKnown(signedIn ?? false);
  }

  useEffect(() =>
    otherTabs.watch((change) => {
      // The cookie is another account's now, or nobody's.
      api.forget();
      // A visit to a meeting goes on as whom it began.
      setOutdated(isInMeeting && change === "signed_in");
      if (change === "signed_out") {
        setKnown(false);
        setDraft(newDraft);
      } else if (!isInMeeting) {
        setKnown(undefined);
      }
    }), [isInMeeting]);

  if (signedIn === undefined || (isOutdated && !isInMeeting)) {
    return <RestoreSession api={api} onKnown={restored} />;
  }
  const session = { signedIn, isOutdated, setSignedIn, restored, expire: () => restored(false) };
  if (code !== undefined) return <MeetingPage key={code} api={api} code={code} session={session} />;
  return (
    <Home
      api={api}
      session={session}
      draft={draft}
      onDraft={setDraft}
      isUnknownPath={current !== "/"}
    />
  );
}
