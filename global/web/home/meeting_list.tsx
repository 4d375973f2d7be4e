import { errorWords } from "../../../shared/client/error_words.ts";
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { ApiFailure } from "../../../shared/client/http.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import { CopyLink } from "../copy_link.tsx";
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

  async function load(from?: string) {
    const result = await api.listMeetings(from);
    if (!result.ok) {
      return isSignedOut(result.error) ? onSignedOut(result.error) : setProblem(errorWords(result.error));
    }
    setMeetings((before) =>
      from === undefined ? result.value.items : [...before ?? [], ...result.value.items]
    );
    setCursor(result.value.next_cursor);
  }

  useEffect(() => {
    load();
  }, []);

  return (
    <section class="card" aria-labelledby="list-title">
      <h2 id="list-title">Meetings</h2>
      <Problem>{problem}</Problem>
      {meetings?.length === 0 ? <p class="muted">No meetings yet. Create the first one.</p> : null}
      <ul class="meeting-list" data-testid="meeting-list">
        {meetings?.map((meeting) => <MeetingRow key={meeting.meeting_id} meeting={meeting} />)}
      </ul>
      {cursor !== null
        ? <button type="button" class="quiet" onClick={() => load(cursor)}>Show more</button>
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
