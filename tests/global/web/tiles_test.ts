import { assertEquals } from "@std/assert";
import { tilesOf as tilesIn } from "../../../global/web/meeting/tiles.ts";
import { initialChoice, type ViewChoice } from "../../../global/web/meeting/view_choice.ts";
import { initialState, type RemoteStream, type SessionState } from "../../../shared/client/session_state.ts";
import type { Assignment, MediaSource, ParticipantSource } from "../../../shared/protocol/signaling.ts";
import { person } from "../../client/samples.ts";
import { FakeTrack } from "./fake_capture.ts";

function stateWith(change: Partial<SessionState>): SessionState {
  return { ...initialState, phase: "joined", selfId: "me", ...change };
}

function slot(slot: number, participant_id: string, source: MediaSource = "camera"): Assignment {
  return { slot, participant_id, source, consumer_id: `${participant_id}-${source}` };
}

function streams(...shown: [string, MediaSource][]): ReadonlyMap<string, RemoteStream> {
  return new Map(shown.map(([participantId, source]) => {
    const consumerId = `${participantId}-${source}`;
    return [consumerId, { consumerId, participantId, source, track: new FakeTrack("video") }];
  }));
}

function source(change: Partial<ParticipantSource> = {}): ParticipantSource {
  return { source: "camera", producer_id: "x", paused: false, muted_by_host: false, ...change };
}

function tilesOf(state: SessionState, choice: Partial<ViewChoice> = {}) {
  return tilesIn(state, { ...initialChoice, ...choice }, 2);
}

const keys = (state: SessionState) => tilesOf(state).tiles.map(({ key }) => key);
const participants = ["me", "a", "b", "c"].map((id) => person(id));

Deno.test("tiles › what the server assigned, slot by slot, oneself last; the others are counted", () => {
  const state = stateWith({ participants, assignments: [slot(1, "a"), slot(0, "c")] });
  assertEquals(keys(state), ["c/camera", "a/camera", "me/camera"]);
  assertEquals(tilesOf(state).hiddenCount, 1);
});

Deno.test("tiles › an assigned screen gets the stage, whichever slot it has", () => {
  const assignments = [slot(0, "b"), slot(1, "a", "screen"), slot(2, "a")];
  assertEquals(keys(stateWith({ participants, assignments })), [
    "a/screen",
    "b/camera",
    "a/camera",
    "me/camera",
  ]);
});

Deno.test("tiles › one's own screen is shown to oneself, on the stage while nobody else's is", () => {
  const local = new Map([["screen" as const, { track: new FakeTrack("video"), paused: false }]]);
  const own = stateWith({ participants, local, assignments: [slot(0, "a")] });
  assertEquals(keys(own), ["me/screen", "a/camera", "me/camera"]);
  const both = stateWith({ participants, local, assignments: [slot(0, "a", "screen"), slot(1, "a")] });
  assertEquals(keys(both), ["a/screen", "a/camera", "me/screen", "me/camera"]);
});

Deno.test("tiles › a slot without a consumer, with one that isn't there yet, or a paused one, has no picture", () => {
  const state = stateWith({
    participants,
    assignments: [{ ...slot(0, "a"), consumer_id: null }, slot(1, "b"), slot(2, "c")],
    streams: streams(["a", "camera"], ["c", "camera"]),
    paused: new Set(["c-camera"]),
  });
  assertEquals(tilesOf(state).tiles.map(({ video }) => video), [undefined, undefined, undefined, undefined]);
});

Deno.test("tiles › a slot whose consumer is not there yet shows the one before, while its camera is on", () => {
  const before = streams(["a", "camera"]);
  const state = stateWith({
    participants: [person("a", { sources: [source()] })],
    assignments: [{ ...slot(0, "a"), consumer_id: null }],
    streams: before,
  });
  assertEquals(tilesOf(state).tiles[0]?.video, before.get("a-camera")?.track);
});

Deno.test("tiles › a slot shows its consumer's picture, and after a resume the one before until it plays", () => {
  const before = streams(["a", "camera"]);
  const resumed = [{ ...slot(0, "a"), consumer_id: "fresh" }];
  for (const assignments of [[slot(0, "a")], resumed]) {
    const [tile] = tilesOf(stateWith({ participants, assignments, streams: before })).tiles;
    assertEquals(tile?.video, before.get("a-camera")?.track);
  }
});

Deno.test("tiles › a camera that its owner or a host switched off has no picture", () => {
  for (const off of [source({ paused: true }), source({ muted_by_host: true })]) {
    const state = stateWith({
      participants: [person("a", { sources: [off] })],
      assignments: [slot(0, "a")],
      streams: streams(["a", "camera"]),
    });
    assertEquals(tilesOf(state).tiles[0]?.video, undefined);
  }
});

Deno.test("tiles › whoever was assigned a slot and isn't known has no tile", () => {
  assertEquals(keys(stateWith({ participants, assignments: [slot(0, "stranger")] })), ["me/camera"]);
});

Deno.test("tiles › a microphone counts as on only when neither its owner nor a host switched it off", () => {
  const microphone = source({ source: "microphone" });
  const people = [
    person("on", { sources: [microphone] }),
    person("paused", { sources: [{ ...microphone, paused: true }] }),
    person("muted", { sources: [{ ...microphone, muted_by_host: true }] }),
    person("none"),
  ];
  const assignments = people.map(({ participant_id }, index) => slot(index, participant_id));
  const { tiles } = tilesOf(stateWith({ participants: people, assignments }));
  assertEquals(tiles.map(({ isMuted }) => isMuted), [false, true, true, true]);
});

Deno.test("tiles › in the speaker's view and with a pin the lowest slot has the stage, and a screen goes before it", () => {
  const assignments = [slot(0, "b"), slot(1, "a")];
  const state = stateWith({ participants, assignments });
  assertEquals(tilesOf(state).hasStage, false);
  for (const choice of [{ mode: "speaker" }, { pinned: "b" }] as const) {
    const { tiles, hasStage } = tilesOf(state, choice);
    assertEquals([tiles[0]?.key, hasStage], ["b/camera", true]);
    const shared = { ...state, assignments: [...assignments, slot(2, "c", "screen")] };
    assertEquals(tilesOf(shared, choice).tiles[0]?.key, "c/screen");
  }
  assertEquals(tilesOf(stateWith({ participants: [person("me")] }), { mode: "speaker" }).hasStage, false);
});

Deno.test("tiles › of several screens the one of whom somebody has pinned is on the stage", () => {
  const assignments = [slot(0, "a", "screen"), slot(1, "b", "screen"), slot(2, "a"), slot(3, "b")];
  const state = stateWith({ participants, assignments });
  const stageOf = (choice: Partial<ViewChoice>) => tilesOf(state, choice).tiles[0]?.key;
  assertEquals(stageOf({}), "a/screen");
  assertEquals(stageOf({ pinned: "b" }), "b/screen");
  assertEquals(stageOf({ pinned: "c" }), "a/screen", "a pin of somebody who shares none");
  assertEquals(tilesOf(state, { pinned: "b" }).tiles.map(({ key }) => key).sort(), keys(state).sort());
});

Deno.test("tiles › for sound alone everybody has a tile without a picture, as many as there is room for", () => {
  const state = stateWith({ participants, streams: streams(["a", "camera"]) });
  const { tiles, hiddenCount, hasStage } = tilesOf(state, { isAudioOnly: true, mode: "speaker" });
  assertEquals(tiles.map(({ key }) => key), ["a/camera", "b/camera", "me/camera"]);
  assertEquals([tiles.some(({ video }) => video), hiddenCount, hasStage], [false, 1, false]);
});

Deno.test("tiles › a picture for which the connection is too slow is known to be", () => {
  const state = stateWith({
    participants,
    assignments: [slot(0, "a"), slot(1, "b")],
    streams: streams(["a", "camera"], ["b", "camera"]),
    starved: new Set(["a-camera"]),
  });
  assertEquals(tilesOf(state).tiles.map(({ isStarved }) => isStarved), [true, false, false]);
});
