import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import { errorWords } from "../../../shared/client/error_words.ts";
import type { ApiFailure, ApiResult } from "../../../shared/client/http.ts";
import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import type { Devices } from "../devices.ts";
import type { DevicesOn } from "../devices_on.ts";
import { TestDialog } from "../connection_test/test_dialog.tsx";
import { Brand, Field, Problem, Submit } from "../parts.tsx";
import { nameProblem, refusalOf, YOUR_NAME } from "../refusal.ts";
import { showAnew } from "../show_anew.ts";
import { ScreenTitle } from "../screen_title.tsx";
import { SlowWait } from "../slow_wait.tsx";
import { ToStartPage } from "../to_start_page.tsx";
import { TYPING_PAUSE_MS } from "../typing_pause.ts";
import { useStore } from "../use_store.ts";
import { useTitle } from "../use_title.ts";
import { DeviceChoice } from "./device_choice.tsx";
import { enterMeeting } from "./enter_meeting.ts";
import { holderOf, type Preparation, type Prepared, type TicketHolder } from "./preparation.ts";
import { Preview } from "./preview.tsx";

interface LobbyProps {
  api: Api;
  code: string;
  isGuest: boolean;
  /** What they called themselves before; a member who didn't is called as their account is. */
  name: string;
  /** Why this name was refused when they tried to join with it. */
  nameProblem: string | undefined;
  /** What was on when they were in the meeting before: it is opened again, and the rest stays off. */
  on: DevicesOn | undefined;
  /** They have clicked, and the server hasn't decided yet. */
  isJoining: boolean;
  devices: Devices;
  preparation: Preparation;
  /** Told the name, as far as they have typed it, once the lobby is shown and at each change. */
  onShown(name: string): void;
  onJoined(session: MeetingSession, as: TicketHolder): void;
  onRefused(failure: ApiFailure): void;
  /** `name`: as far as they have typed it. */
  onSignIn(name: string): void;
}

const ended: ApiFailure = { status: 410, code: "MEETING_ENDED", message: "This meeting has ended." };

export function Lobby(props: LobbyProps) {
  const { api, code, isGuest, isJoining, devices, preparation } = props;
  const [name, setName] = useState(props.name);
  const [title, setTitle] = useState("");
  const [problem, setProblem] = useState("");
  const [refusedName, setRefusedName] = useState(props.nameProblem);
  const [mustSignIn, setMustSignIn] = useState(false);
  const [isFetching, setFetching] = useState(false);
  const [prepared, setPrepared] = useState<Prepared>();
  const [isNameFixed, setIsNameFixed] = useState(false);
  const [mediaProblem, setMediaProblem] = useState<string>();
  const [hasLooked, setHasLooked] = useState(false);
  const [isTesting, setTesting] = useState(false);
  const device = useStore(devices.state);
  const busy = isFetching || isJoining;
  useTitle(title);
  /** The devices that the meeting wants on at first. */
  const startsWith = useRef<DevicesOn>({ microphone: true, camera: true });
  /** Whose ticket is needed: where nobody may be renamed, a guest is called as their ticket says. */
  const ticketName = isGuest ? name.trim() : undefined;
  const isPrepared = prepared !== undefined && prepared.name === ticketName;

  async function prepare(getTicket: () => Promise<ApiResult<Ticket>>): Promise<Prepared | undefined> {
    const result = await preparation.start(getTicket, ticketName);
    if (!result.ok) {
      refuse(result.error);
      return undefined;
    }
    setProblem("");
    setPrepared(result.value);
    setMediaProblem(result.value.problem);
    // What can't be sent isn't captured either.
    if (!result.value.engine) { for (const kind of ["microphone", "camera"] as const) devices.close(kind); }
    return result.value;
  }

  const prepareMember = () => prepare(() => api.joinTicket(code));
  const prepareGuest = () => prepare(() => api.guestTicket(code, name.trim()));
  const prepareNow = () => isGuest ? prepareGuest() : prepareMember();

  function ready(): Prepared | undefined {
    const prepared = preparation.ready();
    return prepared?.name === ticketName ? prepared : undefined;
  }

  function refuse(failure: ApiFailure) {
    // What may pass, or can be mended here, is said here; the rest ends the visit.
    if (failure.code === "GUESTS_NOT_ALLOWED") {
      return setProblem("This meeting is for people with an account. Sign in to join it.");
    }
    if (failure.status === 401) {
      setMustSignIn(true);
      return setProblem(errorWords(failure));
    }
    const { byField, rest } = refusalOf(failure, { display_name: YOUR_NAME });
    setRefusedName(byField["display_name"]);
    if (failure.status === 400) return setProblem(rest);
    const isDecided = failure.status === 403 || failure.status === 404 || failure.code === "MEETING_ENDED";
    if (!isDecided) return setProblem(errorWords(failure));
    props.onRefused(failure);
  }

  /** Asks the server of the meeting before the browser is asked for the camera: a wrong link is told at once. */
  async function look() {
    await (isGuest ? lookAsGuest() : lookAsMember());
    setHasLooked(true);
    // Nothing opens after the visit has ended with a refusal.
    if (preparation.ready()?.problem === undefined) void devices.openSome(props.on ?? startsWith.current);
  }

  async function lookAsGuest() {
    const meeting = await api.guestMeeting(code);
    if (!meeting.ok) return refuse(meeting.error);
    if (meeting.value.status === "ended") return props.onRefused(ended);
    setTitle(meeting.value.display_name);
    if (meeting.value.on_join) startsWith.current = meeting.value.on_join;
  }

  async function lookAsMember() {
    const [meeting, prepared] = await Promise.all([api.getMeeting(code), prepareMember()]);
    // Another organisation's meeting isn't shown, and yet may let them in.
    if (meeting.ok) {
      setTitle(meeting.value.display_name);
      startsWith.current = meeting.value.settings.on_join;
    }
    if (!prepared) return;
    const holder = holderOf(prepared.ticket());
    const isFixed = meeting.ok && !meeting.value.settings.permissions.rename && !holder.isManager;
    setIsNameFixed(isFixed);
    setName((before) => isFixed ? holder.name : before || holder.name);
  }

  useEffect(() => {
    look();
  }, []);

  useEffect(() => {
    if (hasLooked) props.onShown(name);
  }, [hasLooked, name]);

  useEffect(() => {
    // A guest's ticket is fetched while they still look at themselves.
    if (!isGuest || isPrepared || nameProblem(name) !== undefined) return;
    const timer = setTimeout(prepareGuest, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [name, isGuest, isPrepared]);

  async function join(event: Event) {
    event.preventDefault();
    const mistake = nameProblem(name);
    if (mistake !== undefined) return await showAnew(setRefusedName, undefined, () => mistake);
    setRefusedName(undefined);
    performance.clearMarks("dt:join-click");
    performance.mark("dt:join-click");
    const prepared = ready();
    if (prepared) return enter(prepared);
    setFetching(true);
    setProblem("");
    const fetched = await prepareNow();
    setFetching(false);
    if (fetched) enter(fetched);
  }

  /** The test takes the same ticket as a join, which guests get for their name. */
  async function test() {
    const mistake = nameProblem(name);
    if (mistake !== undefined) return await showAnew(setRefusedName, undefined, () => mistake);
    setRefusedName(undefined);
    setProblem("");
    if ((await prepareTest())?.engine) setTesting(true);
  }

  /** The ticket of before may have run out, as while the machine slept. */
  async function prepareTest(): Promise<Prepared | undefined> {
    const prepared = ready() ?? await prepareNow();
    return devices.tracks.isClosed() ? undefined : prepared;
  }

  function enter(prepared: Prepared) {
    // The visit ended while the ticket was fetched.
    if (devices.tracks.isClosed()) return;
    // Typed on while it was fetched: the ticket is for the newest name.
    const displayName = prepared.name ?? name.trim();
    const { isManager } = holderOf(prepared.ticket());
    const session = enterMeeting({ api, code, prepared, displayName, devices });
    props.onJoined(session, { name: displayName, isManager });
  }

  if (!hasLooked) {
    return (
      <SlowWait
        label="Looking for the meeting…"
        title="Looking for the meeting takes longer than usual"
        words="The server has not answered yet."
        testId="lobby-slow"
      >
        <ToStartPage />
      </SlowWait>
    );
  }
  return (
    <div class="page">
      <header class="page-header">
        <Brand />
        {isGuest || mustSignIn
          ? (
            <button
              type="button"
              class="quiet"
              data-testid="lobby-sign-in"
              onClick={() => props.onSignIn(name)}
            >
              Sign in
            </button>
          )
          : null}
      </header>
      <main class="lobby" data-testid="lobby" data-ready={isPrepared}>
        {mediaProblem === undefined ? <Preview devices={devices} /> : null}
        <form class="card" onSubmit={join}>
          <ScreenTitle dir="auto">{title || "Ready to join?"}</ScreenTitle>
          <Field
            label="Your name"
            name="display-name"
            value={name}
            onValue={(value) => {
              setName(value);
              setRefusedName(undefined);
            }}
            autocomplete="name"
            maxLength={64}
            required
            isReadOnly={isNameFixed}
            testId="display-name"
            hint={isNameFixed
              ? "In this meeting everybody is called as their account is."
              : "This is how the others see you."}
            problem={refusedName}
          />
          {mediaProblem === undefined ? <DeviceChoice devices={devices} /> : null}
          <Problem>
            {problem ||
              (mediaProblem && `${mediaProblem} You can join all the same, to read and to write.`) ||
              device.loss || (device.problem && `${device.problem} You can join without.`)}
          </Problem>
          <Submit testId="join" isBusy={busy} isWide>{busy ? "Joining…" : "Join the meeting"}</Submit>
          {mediaProblem === undefined
            ? (
              <button
                type="button"
                class="quiet wide"
                data-testid="test-connection"
                onClick={() => void test()}
              >
                Test my connection
              </button>
            )
            : null}
        </form>
        {isTesting ? <TestDialog prepare={prepareTest} onClosed={() => setTesting(false)} /> : null}
      </main>
    </div>
  );
}
