import { errorWords } from "../../../shared/client/error_words.ts";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import { CopyLink } from "../copy_link.tsx";
import { focusHeading, isFocusLost } from "../focus.ts";
import { navigate } from "../navigation.ts";
import { Problem } from "../parts.tsx";
import { isSignedOut } from "../refusal.ts";

const statusWords = { scheduled: "Not started", live: "Going on now", ended: "Ended" } as const;

interface MeetingListProps {
  api: Api;
  onSignedOut(failure: ApiFailure): void;
}

export function MeetingList({ api, onSignedOut }: MeetingListProps) {
  const [meetings, setMeetings] = useState<readonly Meeting[]>();
  const [cursor, setCursor] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const [hasFailed, setHasFailed] = useState(false);
  const [busy, setBusy] = useState(true);
  const title = useRef<HTMLHeadingElement>(null);
  const isPressed = useRef(false);

  async function load(from?: string) {
    setBusy(true);
    // What failed before goes first, so that the same words are said again.
    setProblem("");
    const result = await api.listMeetings(from);
    setBusy(false);
    if (!result.ok) {
      if (isSignedOut(result.error)) return onSignedOut(result.error);
      setHasFailed(true);
      return setProblem(errorWords(result.error));
    }
    setMeetings((before) =>
      from === undefined ? result.value.items : [...before ?? [], ...result.value.items]
    );
    setCursor(result.value.next_cursor);
  }

  /** The button stays as it is, so that it keeps the focus: a second press while it loads is nothing. */
  function press() {
    isPressed.current = true;
    if (!busy) void load(cursor ?? undefined);
  }

  useEffect(() => {
    load();
  }, []);

  // The button that was pressed may have nothing more to load, and be gone.
  useLayoutEffect(() => {
    if (isPressed.current && title.current && isFocusLost()) focusHeading(title.current);
    isPressed.current = false;
  }, [meetings]);

  const isFirst = meetings === undefined;
  return (
    <section class="card" aria-labelledby="list-title">
      <h2 id="list-title" ref={title}>Meetings</h2>
      <Problem>{problem}</Problem>
      {isFirst && busy && !hasFailed ? <p class="muted">Loading…</p> : null}
      {meetings?.length === 0 ? <p class="muted">No meetings yet. Create the first one.</p> : null}
      <ul class="meeting-list" data-testid="meeting-list">
        {meetings?.map((meeting) => <MeetingRow key={meeting.meeting_id} meeting={meeting} />)}
      </ul>
      {cursor !== null || (isFirst && hasFailed)
        ? (
          <button type="button" class="quiet" data-testid="load-meetings" onClick={press}>
            {busy ? "Loading…" : isFirst ? "Try again" : "Show more"}
          </button>
        )
        : null}
    </section>
  );
}

function MeetingRow({ meeting }: { meeting: Meeting }) {
  const path = `/m/${meeting.code}`;
  return (
    <li>
      <div>
        <strong dir="auto">{meeting.display_name}</strong>
        <small>
          <span class={`dot ${meeting.status}`} aria-hidden="true" />
          {statusWords[meeting.status]} · {new Date(meeting.created_at).toLocaleDateString()}
        </small>
      </div>
      {meeting.status === "ended" ? null : (
        <div class="row-actions">
          <CopyLink link={meeting.join_url} />
          <button type="button" class="primary" onClick={() => navigate(path)}>
            Open
          </button>
        </div>
      )}
    </li>
  );
}
