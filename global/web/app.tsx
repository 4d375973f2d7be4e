import { useEffect, useState } from "preact/hooks";
import { createApi } from "../../shared/client/api.ts";
import { Home } from "./home/home.tsx";
import { MeetingPage } from "./meeting_page.tsx";
import { codeIn, path } from "./navigation.ts";
import { Spinner } from "./parts.tsx";
import { useStore } from "./use_store.ts";

const api = createApi({ baseUrl: "" });

export function App() {
  const current = useStore(path);
  const [signedIn, setSignedIn] = useState<boolean>();
  const code = current.startsWith("/m/") ? codeIn(current) : undefined;

  useEffect(() => {
    api.refresh().then((result) => setSignedIn(result.ok));
  }, []);

  if (signedIn === undefined) return <Spinner label="One moment…" />;
  const session = { signedIn, setSignedIn };
  if (code !== undefined) return <MeetingPage key={code} api={api} code={code} session={session} />;
  return <Home api={api} session={session} isUnknownPath={current !== "/"} />;
}

/** Whether the page acts for a signed-in user. */
export interface UserSession {
  signedIn: boolean;
  setSignedIn(signedIn: boolean): void;
}
