import { assert, assertEquals } from "@std/assert";
import { resumable } from "../../../meeting/state/admission.ts";
import { bindingHash, newBindingToken } from "../../../meeting/state/binding.ts";
import { confirmBinding, join, rebind, tellBinding } from "../../../meeting/state/commands/join.ts";
import type { Decision } from "../../../meeting/state/decision.ts";
import { applyChange, type Meeting, newMeeting } from "../../../meeting/state/meeting.ts";
import { type Attendee, newAttendee } from "../../../meeting/state/participant.ts";
import type { JoinRequest } from "../../../shared/protocol/mod.ts";
import { leaseOf } from "../routing/support/lease.ts";
import { resumeOf } from "./meeting_of_two.ts";
import { claimsOf, freshTokenOf, MeetingWorld } from "./meeting_world.ts";

/** A participant's binding tokens, as the meeting, the client, and the connection between them have them. */
interface State {
  readonly attendee: Attendee;
  /** The one that the client would show. */
  readonly held: string;
  /** The one of the answer to the newest connection's join. */
  readonly answered: string;
  /** Given, and not stored yet: the client is told of them then. */
  readonly given: readonly string[];
  /** On their way to the client, in order. */
  readonly coming: readonly string[];
  /** A frame of the client is on its way. */
  readonly isFrameUnderWay: boolean;
  /** The client has answered the ping behind the answer: it has read it. */
  readonly isPonged: boolean;
  /** A frame of the client has come since the answer. */
  readonly isHeard: boolean;
  readonly isConfirmed: boolean;
  /** Those of before the newest answer. */
  readonly former: readonly string[];
  /** How it came to this. */
  readonly story: readonly string[];
}

/** So many may be on their way that no answer brings: a silent connection ends within the time of a renewal and a hand-over. */
const MOST_GIVEN = 2;
const claims = claimsOf("bob");
const facts = leaseOf([]).facts.meeting;

function meetingOf(attendee: Attendee): Meeting {
  const meeting = newMeeting(0);
  meeting.attendees.set(attendee.participantId, attendee);
  return meeting;
}

function decide(attendee: Attendee, decision: (meeting: Meeting) => Decision<unknown>) {
  const meeting = meetingOf(attendee);
  const { changes = [], notices = [] } = decision(meeting);
  for (const change of changes) applyChange(meeting, change);
  const next = meeting.attendees.get(attendee.participantId) ?? attendee;
  const bound = notices.flatMap(({ type, data }) => type === "session.bound" ? [data.binding_token] : []);
  return { attendee: next, bound };
}

function accepts(attendee: Attendee, binding_token: string): boolean {
  const request = { resume: { correlation_id: attendee.correlationId, binding_token } };
  return resumable(meetingOf(attendee), claims, request, () => false) !== null;
}

/** A join over a newer connection. */
function come(attendee: Attendee, request: JoinRequest) {
  const meeting = meetingOf(attendee);
  const context = {
    nowMs: 0,
    creator: undefined,
    limits: { perSubject: 3, waiting: 100 },
    isLeaving: () => false,
    isEntering: () => false,
    isConnected: () => true,
    mayKnock: () => true,
    mayCome: () => true,
  };
  const joined = join(meeting, facts, { claims, request, address: "" }, context);
  if (!("answer" in joined)) throw new Error(joined.message);
  return joined.answer;
}

/** A participant whose client has the token of their join's answer, and sent nothing since. */
function joined(): State {
  const held = newBindingToken();
  const attendee = newAttendee(claims, {
    role: "participant",
    isCreator: false,
    samePersonAs: null,
    state: "joined",
    displayName: "bob",
    attemptId: "one",
    bindingHashes: [bindingHash(held)],
    address: "",
    joinedAtMs: 0,
    mutedSources: [],
  });
  const signs = { isFrameUnderWay: false, isPonged: false, isHeard: false, isConfirmed: false };
  const none = { given: [], coming: [], ...signs, former: [], story: [] };
  return { attendee, held, answered: held, ...none };
}

/** What may happen next. */
function next(state: State): State[] {
  const { attendee, held, answered, given, coming, former, story } = state;
  const { isFrameUnderWay, isPonged, isConfirmed } = state;
  const told = (what: string) => ({ story: [...story, what] });
  const after: State[] = [];
  const resume = { correlation_id: attendee.correlationId, binding_token: held };
  const { attendee: back, bindingToken } = come(attendee, { resume });
  after.push({
    attendee: back,
    held,
    answered: bindingToken,
    given,
    coming: [bindingToken],
    isFrameUnderWay: false,
    isPonged: false,
    isHeard: false,
    isConfirmed: false,
    former: [...new Set([...former, ...coming, answered, held])].slice(-6),
    ...told("resumes"),
  });
  const { participantId } = attendee;
  if (given.length + coming.filter((token) => token !== answered).length < MOST_GIVEN) {
    const fresh = newBindingToken();
    const { attendee: now } = decide(attendee, (meeting) => rebind(meeting, participantId, fresh));
    after.push({ ...state, attendee: now, given: [...given, fresh], ...told("is given one") });
  }
  const [due, ...undue] = given;
  if (due !== undefined) {
    const bound = { binding_token: due, token: "t", expires_in: 900 };
    const { bound: sent } = decide(attendee, (meeting) => tellBinding(meeting, participantId, bound));
    after.push({ ...state, given: undue, coming: [...coming, ...sent], ...told("has one stored") });
  }
  const [first, ...rest] = coming;
  if (first !== undefined) after.push({ ...state, held: first, coming: rest, ...told("receives one") });
  // A frame may cross the answer.
  if (!isFrameUnderWay) after.push({ ...state, isFrameUnderWay: true, ...told("sends a frame") });
  /** The frame and the pong together show that the client has the answer. */
  const shown = (signs: Partial<State>, what: string): State => {
    const now = { ...state, ...signs, ...told(what) };
    if (!now.isHeard || !now.isPonged || isConfirmed) return now;
    const confirmed = { participantId, bindingToken: answered };
    const { attendee: bound } = decide(attendee, (meeting) => confirmBinding(meeting, confirmed));
    return { ...now, attendee: bound, isConfirmed: true };
  };
  if (isFrameUnderWay) after.push(shown({ isFrameUnderWay: false, isHeard: true }, "is heard"));
  if (!isPonged && !coming.includes(answered)) after.push(shown({ isPonged: true }, "answers the ping"));
  return after;
}

/** The state with its tokens named by their places among the meeting's hashes. */
function keyOf(state: State): string {
  const { attendee: { bindingHashes }, held, answered, given, coming, former } = state;
  const signs = [state.isFrameUnderWay, state.isPonged, state.isHeard, state.isConfirmed];
  const place = (token: string) => bindingHashes.indexOf(bindingHash(token));
  const due = given.map(place);
  const good = former.map(place).filter((index) => index >= 0);
  const order = coming.indexOf(answered);
  const tokens = [held, answered, ...coming].map(place);
  return JSON.stringify([bindingHashes.length, tokens, order, due, good, signs]);
}

Deno.test("binding › in whatever order answers, renewals and frames arrive or are lost, the client's token is good and a used one is not", () => {
  const known = new Set<string>();
  let edge = [joined()];
  while (edge.length > 0) {
    const fresh: State[] = [];
    for (const state of edge) {
      const { attendee, held, isConfirmed, former, story } = state;
      assertEquals(accepts(attendee, held), true, `refused after: ${story.join(", ")}`);
      const again = isConfirmed ? former.filter((token) => accepts(attendee, token)) : [];
      assertEquals(again.length, 0, `a used one is accepted after: ${story.join(", ")}`);
      for (const one of next(state)) {
        const key = keyOf(one);
        if (known.has(key)) continue;
        known.add(key);
        fresh.push(one);
      }
    }
    edge = fresh;
  }
  assert(known.size > 50, `${known.size} states`);
});

Deno.test("binding › a client is told of a fresh one once it is stored", async () => {
  await using world = new MeetingWorld();
  const { id: participantId, told } = await world.enter("ada");
  const stored = Promise.withResolvers<void>();
  world.storeGate = stored.promise;
  world.meeting.tell("rebind", { participantId, ...freshTokenOf("ada") });
  await world.kit.settle();
  assertEquals(told.types().includes("session.bound"), false);
  stored.resolve();
  await world.kit.settle();
  assertEquals(told.last("session.bound")?.token, "fresh");
});

Deno.test("binding › while the store can't write a client is told of a fresh one all the same", async () => {
  await using world = new MeetingWorld();
  const { id: participantId, told } = await world.enter("ada");
  world.isStoreFull = true;
  world.meeting.tell("rebind", { participantId, ...freshTokenOf("ada") });
  await world.kit.settle();
  assertEquals(told.last("session.bound")?.token, "fresh");
});

Deno.test("binding › who has come back before a fresh one was stored keeps that of the answer", async () => {
  await using world = new MeetingWorld();
  const ada = await world.enter("ada");
  const stored = Promise.withResolvers<void>();
  world.storeGate = stored.promise;
  world.meeting.tell("rebind", { participantId: ada.id, ...freshTokenOf("ada") });
  const back = await world.enter("ada", { resume: resumeOf(ada) });
  stored.resolve();
  world.storeGate = null;
  await world.kit.settle();
  assertEquals(back.told.types().includes("session.bound"), false);
  assertEquals((await world.enter("ada", { resume: resumeOf(back) })).answer.resumed, true);
});

Deno.test("binding › a used token that comes with another try of the same join stays used, and costs the client none", () => {
  const { attendee, held: used } = joined();
  const { correlationId: correlation_id, participantId } = attendee;
  const again = come(attendee, { resume: { correlation_id, binding_token: used } });
  const { bindingToken } = again;
  const { attendee: now } = decide(
    again.attendee,
    (meeting) => confirmBinding(meeting, { participantId, bindingToken }),
  );
  const tried = come(now, { attempt_id: "one", resume: { correlation_id, binding_token: used } });
  assertEquals([tried.attendee.participantId, tried.isResume], [participantId, false]);
  assertEquals(accepts(tried.attendee, used), false, "the used one");
  assertEquals(accepts(tried.attendee, bindingToken), true, "the client's own");
});
