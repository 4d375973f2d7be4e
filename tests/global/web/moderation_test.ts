import { assertEquals } from "@std/assert";
import { isOutdated } from "../../../global/web/meeting/is_outdated.ts";
import { moderationWords, restrictionWords } from "../../../global/web/meeting/moderation_words.ts";
import { type PersonAction, personActions } from "../../../global/web/meeting/person_actions.ts";
import { raisedHands } from "../../../global/web/meeting/raised_hands.ts";
import { initialState, type SessionState } from "../../../shared/client/session_state.ts";
import type { Participant, ParticipantSource } from "../../../shared/protocol/signaling.ts";
import { meeting, person } from "../../client/samples.ts";
import { FakeTrack } from "./fake_capture.ts";

function stateOf(role: "host" | "participant", change: Partial<SessionState> = {}): SessionState {
  return { ...initialState, selfId: "me", role, meeting, participants: [person("me", { role })], ...change };
}

function source(kind: ParticipantSource["source"], paused = false): ParticipantSource {
  return { source: kind, producer_id: "x", paused, muted_by_host: false };
}

const name = (action: PersonAction) => "source" in action ? `${action.kind} ${action.source}` : action.kind;
const offered = (state: SessionState, change: Partial<Participant>) =>
  personActions(state, person("other", change)).map(name);
const always = ["promote", "remove", "ban"];

Deno.test("person actions › what is on can be muted, what a host muted allowed, what is off asked for", () => {
  const host = stateOf("host");
  const sources = [source("microphone"), source("camera", true), source("screen")];
  assertEquals(offered(host, { sources }), ["mute microphone", "ask camera", "mute screen", ...always]);
  assertEquals(offered(host, { muted_sources: ["microphone", "screen"] }), [
    "allow microphone",
    "ask camera",
    "allow screen",
    ...always,
  ]);
});

Deno.test("person actions › nobody is asked for what the meeting forbids them, but a host", () => {
  const permissions = { ...meeting.permissions, microphone: false };
  const host = stateOf("host", { meeting: { ...meeting, permissions } });
  assertEquals(offered(host, {}), ["ask camera", ...always]);
  assertEquals(offered(host, { role: "host" }).slice(0, 2), ["ask microphone", "ask camera"]);
});

Deno.test("person actions › others than hosts have none, and a host can lay it down", () => {
  assertEquals(offered(stateOf("participant"), { sources: [source("microphone")] }), []);
  assertEquals(personActions(stateOf("host"), person("me", { role: "host" })).map(name), ["demote"]);
});

Deno.test("person actions › whoever created the meeting is offered neither to others nor to themselves", () => {
  const creator = { role: "host", is_creator: true } as const;
  assertEquals(offered(stateOf("host"), creator), ["ask microphone", "ask camera"]);
  assertEquals(personActions(stateOf("host"), person("me", creator)), []);
});

Deno.test("person actions › another device of oneself is offered what oneself is", () => {
  const host = { role: "host" } as const;
  const first = person("first", { ...host, sources: [source("microphone")] });
  const me = person("me", { ...host, same_person_as: "first" });
  const third = person("third", { ...host, same_person_as: "first" });
  const others = person("other", { ...host, same_person_as: "gone" });
  const actions = (of: Participant) =>
    personActions(stateOf("host", { participants: [first, me, third, others] }), of).map(name);
  assertEquals([first, me, third].map(actions), [["demote"], ["demote"], ["demote"]]);
  assertEquals(actions(others), ["ask microphone", "ask camera", "demote", "remove", "ban"]);
});

Deno.test("moderation words › say what was done, and what one can do", () => {
  const muted = { kind: "muted", source: "microphone" } as const;
  assertEquals(moderationWords({ ...muted, mayUnmute: false }), {
    isOfSomebody: true,
    words: "has switched your microphone off. Only a host can allow it again: raise your hand to ask.",
  });
  assertEquals(moderationWords({ ...muted, mayUnmute: true }), {
    isOfSomebody: true,
    words: "has switched your microphone off. You can switch it on again.",
  });
  assertEquals(moderationWords({ ...muted, kind: "asked", mayUnmute: true }), {
    isOfSomebody: true,
    words: "asks you to switch your microphone on. It stays off unless you do.",
  });
  assertEquals(moderationWords({ ...muted, kind: "unmuted", mayUnmute: true }), {
    isOfSomebody: false,
    words: "You may use your microphone again. It stays off until you switch it on.",
  });
});

Deno.test("moderation words › name what only hosts may do, and nothing while all may everything", () => {
  assertEquals(restrictionWords(meeting), undefined);
  const permissions = { ...meeting.permissions, microphone: false, screen: false, chat: false };
  assertEquals(restrictionWords({ permissions }), "For now only hosts may speak, share a screen, or write.");
});

Deno.test("moderation notice › is outdated once the source is on again, or may not be switched on", () => {
  const forbidden = { ...meeting, permissions: { ...meeting.permissions, microphone: false } };
  const track = new FakeTrack("audio");
  const on = { local: new Map([["microphone", { track, paused: false }]] as const) };
  const off = { local: new Map([["microphone", { track, paused: true }]] as const) };
  const notice = (kind: "muted" | "asked", mayUnmute: boolean) =>
    ({ kind, source: "microphone", by: "ann", mayUnmute }) as const;
  const isOver = (change: Partial<SessionState>, kind: "muted" | "asked", mayUnmute = true) =>
    isOutdated(stateOf("participant", change), notice(kind, mayUnmute));
  assertEquals([isOver(off, "muted"), isOver(off, "asked"), isOver({}, "asked")], [false, false, false]);
  assertEquals([isOver(on, "muted"), isOver(on, "asked")], [true, true]);
  assertEquals(isOver({ ...off, meeting: forbidden }, "muted"), true);
  assertEquals(isOver(off, "muted", false), false, "a host's mute is said until it is read");
});

Deno.test("raised hands › in the order in which they were raised, whoever joined first", () => {
  const raised = (id: string, second: number) =>
    person(id, { hand_raised: true, hand_raised_at: `2026-01-02T03:04:0${second}.000Z` });
  assertEquals(raisedHands([raised("a", 7), person("b"), raised("c", 5)]), ["c", "a"]);
});
