import { useEffect } from "preact/hooks";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Meeting } from "../../../shared/protocol/rest.ts";
import type { Devices } from "../devices.ts";
import { Preview } from "../lobby/preview.tsx";
import { Brand } from "../parts.tsx";

interface WaitingRoomProps {
  meeting: Meeting | undefined;
  devices: Devices;
  session: MeetingSession;
}

/** What is switched on and off while waiting is what the others get once the host lets us in. */
function follow(devices: Devices, session: MeetingSession): () => void {
  return devices.state.subscribe((device) => {
    for (const kind of ["microphone", "camera"] as const) {
      const track = device[kind];
      const source = session.state.get().local.get(kind);
      if (track && track !== source?.track) session.publish(kind, track);
      if (!track && source) session.unpublish(kind);
    }
  });
}

export function WaitingRoom({ meeting, devices, session }: WaitingRoomProps) {
  useEffect(() => follow(devices, session), []);
  return (
    <div class="page">
      <header class="page-header">
        <Brand />
      </header>
      <main class="lobby" data-testid="waiting-room">
        <Preview devices={devices} />
        <div class="card">
          <h1>{meeting?.display_name ?? "Almost there"}</h1>
          <div class="waiting-words" role="status" data-testid="state" data-phase="waiting">
            <div class="spinner" aria-hidden="true" />
            <p>The host will let you in. Please wait.</p>
          </div>
          <button type="button" class="quiet wide" data-testid="leave" onClick={() => void session.leave()}>
            Don't wait
          </button>
        </div>
      </main>
    </div>
  );
}
