import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import type { Devices } from "../devices.ts";
import { Preview } from "../lobby/preview.tsx";
import { Brand, Problem } from "../parts.tsx";
import { useStore } from "../use_store.ts";

interface WaitingRoomProps {
  meeting: Meeting | undefined;
  devices: Devices;
  mediaProblem: string | undefined;
  session: MeetingSession;
}

export function WaitingRoom({ meeting, devices, mediaProblem, session }: WaitingRoomProps) {
  const { loss, problem } = useStore(devices.state);
  return (
    <div class="page">
      <header class="page-header">
        <Brand />
      </header>
      <main class="lobby" data-testid="waiting-room">
        {mediaProblem === undefined ? <Preview devices={devices} /> : null}
        <div class="card">
          <h1 dir="auto">{meeting?.display_name ?? "Almost there"}</h1>
          <div class="waiting-words" role="status" data-testid="state" data-phase="waiting">
            <div class="spinner" aria-hidden="true" />
            <p>The host will let you in. Please wait.</p>
          </div>
          <Problem>{mediaProblem || loss || problem}</Problem>
          <button type="button" class="quiet wide" data-testid="leave" onClick={() => void session.leave()}>
            Don't wait
          </button>
        </div>
      </main>
    </div>
  );
}
