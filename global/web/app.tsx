import { useState } from "preact/hooks";
import { createApi } from "../../shared/client/api.ts";
import { Home } from "./home/home.tsx";
import { MeetingPage } from "./meeting_page.tsx";
import { codeIn, path } from "./navigation.ts";
import { RestoreSession } from "./restore_session.tsx";
import { rememberSignedIn, wasSignedIn } from "./session_hint.ts";
import { useStore } from "./use_store.ts";

const api = createApi({ baseUrl: "" });

export function App() {
  const current = useStore(path);
  const [signedIn, setKnown] = useState(wasSignedIn() ? undefined : false);
  const code = current.startsWith("/m/") ? codeIn(current) : undefined;

  function setSignedIn(signedIn: boolean) {
    rememberSignedIn(signedIn);
    setKnown(signedIn);
  }
  function restored(signedIn: boolean | undefined) {
    if (signedIn === undefined) setKnown(false);
    else setSignedIn(signedIn);
  }

  if (signedIn === undefined) return <RestoreSession api={api} onKnown={restored} />;
  const session = { signedIn, setSignedIn };
  if (code !== undefined) return <MeetingPage key={code} api={api} code={code} session={session} />;
  return <Home api={api} session={session} isUnknownPath={current !== "/"} />;
}
