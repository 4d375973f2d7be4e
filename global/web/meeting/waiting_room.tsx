import type { MeetingSession } from "../../../shared/client/session.ts";
import type { SessionState } from "../../../shared/client/session_state.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import type { Devices } from "../devices.ts";
import { Preview } from "../lobby/preview.tsx";
import { Brand, Problem } from "../parts.tsx";
import { ScreenTitle } from "../screen_title.tsx";
import { useStore } from "../use_store.ts";

interface WaitingRoomProps {
  meeting: Meeting | undefined;
  phase: SessionState["phase"];
  /** Why the connection is being restored, in words. */
  loss: string | undefined;
  devices: Devices;
  mediaProblem: string | undefined;
  session: MeetingSession;
}

export function WaitingRoom({ meeting, phase, loss, devices, mediaProblem, session }: WaitingRoomProps) {
  const device = useStore(devices.state);
  return (
    <div class="page">
      <header class="page-header">
        <Brand />
      </header>
      <main class="lobby" data-testid="waiting-room">
        {mediaProblem === undefined ? <Preview devices={devices} /> : null}
        <div class="card">
          <ScreenTitle dir="auto">{meeting?.display_name ?? "Almost there"}</ScreenTitle>
          <div class="waiting-words" role="status" data-testid="state" data-phase={phase}>
            <div class="spinner" aria-hidden="true" />
            <p>{loss ?? "The host will let you in. Please wait."}</p>
          </div>
          <Problem>{mediaProblem || device.loss || device.problem}</Problem>
          <button type="button" class="quiet wide" data-testid="leave" onClick={() => void session.leave()}>
            Don't wait
          </button>
        </div>
      </main>
    </div>
  );
}
