import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Devices } from "../devices.ts";
import { useChange } from "../use_change.ts";
import { useTitle } from "../use_title.ts";
import { isWaiting } from "./is_waiting.ts";
import { JoinedScreen } from "./joined_screen.tsx";
import { Joining } from "./joining.tsx";
import { createMediaControls } from "./media_controls.ts";
import { createMeetingView } from "./meeting_view.ts";
import type { ScreenState } from "./screen_state.ts";
import { Spoken } from "./spoken.tsx";
import { useKnock } from "./use_knock.ts";
import { initialChoice, slotsFor } from "./view_choice.ts";
import { WaitingRoom } from "./waiting_room.tsx";

interface MeetingScreenProps {
  session: MeetingSession;
  screen: ScreenState;
  devices: Devices;
  /** Why there is neither sound nor picture in this browser, in words. */
  mediaProblem: string | undefined;
  /** For who may change the meeting's settings: its creator, and admins. */
  manager?: Pick<Api, "updateMeeting">;
}

/** From the click on Join to the end: until somebody is in, in the waiting room, and in the meeting. */
export function MeetingScreen({ session, screen, devices, mediaProblem, manager }: MeetingScreenProps) {
  const [view] = useState(() =>
    createMeetingView(session, slotsFor(innerWidth), {
      ...initialChoice,
      isAudioOnly: mediaProblem !== undefined,
    })
  );
  const [media] = useState(() => createMediaControls(session, devices, mediaProblem));
  const phase = useComputed(() => view.state.value.phase).value;
  const isOutside = useComputed(() => isWaiting(view.state.value)).value;
  const meeting = useComputed(() => view.state.value.meeting).value;
  const loss = useComputed(() => view.state.value.loss).value;
  const waiting = useComputed(() => view.state.value.waiting).value;
  useKnock(waiting);
  // What a lost connection refused may be done again once it is back.
  useChange(phase, (before) => {
    if (before === "reconnecting") screen.problem.value = screen.chatProblem.value = "";
  });
  // A knock is seen from another tab, too.
  useTitle(`${waiting.length > 0 ? `(${waiting.length}) ` : ""}${meeting?.display_name ?? ""}`);

  return (
    <>
      <Spoken view={view} screen={screen} />
      {isOutside
        ? (
          <WaitingRoom
            meeting={meeting}
            phase={phase}
            loss={loss}
            devices={devices}
            mediaProblem={mediaProblem}
            session={session}
          />
        )
        : phase === "joining"
        ? <Joining loss={loss} onStop={() => void session.leave()} />
        : (
          <JoinedScreen
            session={session}
            devices={devices}
            mediaProblem={mediaProblem}
            view={view}
            screen={screen}
            media={media}
            {...(manager ? { manager } : {})}
          />
        )}
    </>
  );
}
