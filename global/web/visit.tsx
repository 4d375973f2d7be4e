import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { systemClock } from "../../shared/actor/clock.ts";
import type { Api } from "../../shared/client/api.ts";
import { type Ending, endingBeforeJoin, endingOfTicket } from "../../shared/client/endings.ts";
import type { ApiFailure } from "../../shared/client/http.ts";
import type { MeetingSession } from "../../shared/client/session.ts";
import { createDevices } from "./devices.ts";
import { type DevicesOn, devicesOn, devicesOpen } from "./devices_on.ts";
import { EndingScreen } from "./ending_screen.tsx";
import { enterMeeting } from "./lobby/enter_meeting.ts";
import { Lobby } from "./lobby/lobby.tsx";
import { onceDecided } from "./lobby/once_decided.ts";
import { createPreparation, holderOf, type TicketHolder } from "./lobby/preparation.ts";
import { MeetingScreen } from "./meeting/meeting_screen.tsx";
import { createScreenState } from "./meeting/screen_state.ts";
import { showDeviceProblems } from "./meeting/show_device_problems.ts";
import { sentence, YOUR_NAME } from "./refusal.ts";
import { askWhileGood } from "./seat/ask_while_good.ts";
import { forgetSeat, seatIn } from "./seat/kept_seat.ts";
import { createSeatKeeper, type SeatKeeper } from "./seat/seat_keeper.ts";
import type { SeatLock } from "./seat/seat_lock.ts";
import { takeSeat } from "./seat/take_seat.ts";
import { SlowWait } from "./slow_wait.tsx";
import { ToStartPage } from "./to_start_page.tsx";

const SIGNED_OUT: Ending = { reason: "left", message: "You signed out in another tab." };
/** A page that goes may be one that is loaded again. Longer than that takes, the others needn't look at an empty tile. */
const BACK_WITHIN_SECONDS = 10;

interface VisitProps {
  api: Api;
  code: string;
  isGuest: boolean;
  name: string;
  /** As a member who has signed out since, in another tab. */
  isSignedOut: boolean;
  /** Why the server refused the name at the join before, in words. */
  nameProblem: string | undefined;
  /** What was on when the visit before ended. */
  on: DevicesOn | undefined;
  onNamed(name: string): void;
  /** Told what is on at each change of the meeting, and as the lobby is left to sign in or with the page. */
  onSwitched(on: DevicesOn): void;
  /** The server took them for what they are, but not their name: they choose another one in the lobby. */
  onNameRefused(problem: string): void;
  onAgain(asGuest: boolean): void;
  onSignIn(): void;
}

/** From the lobby, or from the page before a reload, through the meeting to its end. */
export function Visit(props: VisitProps) {
  const { api, code, isGuest, name, isSignedOut, onNamed, onAgain, onSignIn } = props;
  const devices = useMemo(() => createDevices(navigator.mediaDevices), []);
  const preparation = useMemo(() => createPreparation(api, code), []);
  const screen = useMemo(createScreenState, []);
  const session = useRef<MeetingSession>(undefined);
  const keeper = useRef<SeatKeeper>(undefined);
  const stopWatching = useRef(() => {});
  /** In the lobby: what stands in the field for the name. */
  const typedName = useRef<string>(undefined);
  const [isComingBack, setComingBack] = useState(() => seatIn(code, Date.now())?.isGuest === isGuest);
  const [isJoining, setJoining] = useState(false);
  /** What the meeting's screen shows, once it is shown. */
  const [joined, setJoined] = useState<MeetingSession>();
  const [isManager, setIsManager] = useState(false);
  const [ending, setEnding] = useState<Ending>();
  const hasEnded = useRef(false);
  hasEnded.current = ending !== undefined;

  function stop() {
    preparation.stop();
    devices.closeAll();
  }

  function enter(entered: MeetingSession, { name, isManager }: TicketHolder, lock?: SeatLock) {
    onNamed(name);
    setIsManager(isManager);
    preparation.stop();
    session.current = entered;
    const kept = createSeatKeeper({
      session: entered,
      devices,
      seenId: screen.seenId,
      code,
      isGuest,
      name,
      ...(lock ? { lock } : {}),
    });
    keeper.current = kept;
    const unsubscribe = entered.state.subscribe((state) => {
      if (state.phase !== "ended") return props.onSwitched(devicesOn(entered, devices));
      kept.drop();
      stop();
      if (state.ending?.cause !== undefined) reportError(state.ending.cause);
      const refusal = state.ending?.nameRefusal;
      if (refusal === undefined) setEnding(state.ending);
      else props.onNameRefused(sentence(YOUR_NAME, refusal));
    });
    setJoining(true);
    const stopWaiting = onceDecided(entered, () => setJoined(entered), systemClock());
    const stopShowing = showDeviceProblems(devices, screen);
    stopWatching.current = () => {
      unsubscribe();
      stopWaiting();
      stopShowing();
    };
  }

  /** Goes on as the participant that the page before this one was. Where that fails, the lobby is next. */
  async function comeBack() {
    const taken = await takeSeat(code);
    if (!taken || devices.tracks.isClosed()) {
      taken?.lock.release();
      return setComingBack(false);
    }
    const { seat, lock } = taken;
    const { binding, token, name, on, seenId } = seat;
    const prepared = await askWhileGood({
      seat,
      ask: () => preparation.start(() => api.renewTicket(code, token)),
      isOver: devices.tracks.isClosed,
    });
    if (devices.tracks.isClosed()) return lock.release();
    if (!prepared.ok) {
      forgetSeat();
      lock.release();
      // Whoever was away for too long joins anew.
      const over = prepared.error.status === 401 ? undefined : endingOfTicket(prepared.error);
      if (!over) return setComingBack(false);
      stop();
      return setEnding(over);
    }
    const { isManager } = holderOf(prepared.value.ticket());
    screen.seenId.value = seenId;
    const session = enterMeeting({
      api,
      code,
      prepared: prepared.value,
      displayName: name,
      devices,
      binding,
    });
    enter(session, { name, isManager }, lock);
    if (prepared.value.engine) void devices.openSome(on);
  }

  function refuse(failure: ApiFailure) {
    stop();
    setEnding(endingBeforeJoin(failure, isGuest));
  }

  /** The lobby is as it was when they are back from there. A guest's name isn't a member's. */
  function signInFromLobby(name: string) {
    props.onSwitched(devicesOpen(devices));
    if (isGuest) onNamed(name);
    onSignIn();
  }

  /** The lobby is as it was, too, when the browser shows this page again. */
  function rememberLobby() {
    if (typedName.current === undefined || session.current || hasEnded.current) return;
    props.onSwitched(devicesOpen(devices));
    onNamed(typedName.current);
  }

  function leaveForGood() {
    stopWatching.current();
    keeper.current?.drop();
    void session.current?.leave();
    stop();
  }

  useEffect(() => {
    if (isComingBack) void comeBack();
  }, []);

  // In the commit itself, not after the paint: a visit that goes at once is ended too.
  useLayoutEffect(() => {
    // The page goes elsewhere, or is loaded again: which of the two, no browser says.
    function goAway() {
      if (keeper.current?.handOver()) {
        stopWatching.current();
        void session.current?.stepOut(BACK_WITHIN_SECONDS);
        stop();
      } else {
        rememberLobby();
        leaveForGood();
      }
      session.current = undefined;
      keeper.current = undefined;
    }
    // The browser kept the page as it was, and brings it back: what was closed is opened by a visit of its own. An
    // ending is read on.
    function returnToPage(event: PageTransitionEvent) {
      if (event.persisted && !hasEnded.current) onAgain(isGuest);
    }
    addEventListener("pagehide", goAway);
    addEventListener("pageshow", returnToPage);
    return () => {
      removeEventListener("pagehide", goAway);
      removeEventListener("pageshow", returnToPage);
      leaveForGood();
    };
  }, []);

  useLayoutEffect(() => {
    if (!isSignedOut || ending) return;
    leaveForGood();
    forgetSeat();
    setEnding(SIGNED_OUT);
  }, [isSignedOut]);

  if (ending) {
    return <EndingScreen ending={ending} isGuest={isGuest} onAgain={onAgain} onSignIn={onSignIn} />;
  }
  if (joined) {
    return (
      <MeetingScreen
        session={joined}
        screen={screen}
        devices={devices}
        mediaProblem={preparation.ready()?.problem}
        {...(isManager ? { manager: api } : {})}
      />
    );
  }
  if (isComingBack) {
    return (
      <SlowWait
        label="Bringing you back into the meeting…"
        title="Coming back takes longer than usual"
        words="The server has not answered yet. It is tried again…"
        testId="coming-back-slow"
      >
        <ToStartPage />
      </SlowWait>
    );
  }
  return (
    <Lobby
      api={api}
      code={code}
      isGuest={isGuest}
      name={name}
      nameProblem={props.nameProblem}
      on={props.on}
      isJoining={isJoining}
      devices={devices}
      preparation={preparation}
      onShown={(name) => typedName.current = name}
      onJoined={enter}
      onRefused={refuse}
      onSignIn={signInFromLobby}
    />
  );
}
