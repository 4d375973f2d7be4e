import { assertEquals } from "@std/assert";
import { effect, type ReadonlySignal } from "@preact/signals";
import { createMeetingView } from "../../../global/web/meeting/meeting_view.ts";
import { voicesOf } from "../../../global/web/meeting/voices.ts";
import {
  afterNotification,
  initialState,
  type RemoteStream,
  type SessionState,
} from "../../../shared/client/session_state.ts";
import { createStore, type Store } from "../../../shared/client/store.ts";
import type { MediaSource, Notification } from "../../../shared/protocol/signaling.ts";
import { person } from "../../client/samples.ts";
import { FakeTrack } from "./fake_capture.ts";

const ids = ["a", "b", "c", "d"];

function stateOfMeeting(): SessionState {
  return {
    ...initialState,
    phase: "joined",
    selfId: "me",
    participants: [person("me"), ...ids.map((id) => person(id))],
    assignments: ids.map((id, slot) => ({ slot, participant_id: id, source: "camera", consumer_id: null })),
    activeSpeaker: "a",
  };
}

function hear(store: Store<SessionState>, notification: Notification): void {
  store.update((state) => afterNotification(state, notification));
}

/** Names of signals in the order in which they changed since the last look. */
function watch(signals: Record<string, ReadonlySignal<unknown>>) {
  let changed: string[] = [];
  const stops = Object.entries(signals).map(([name, signal]) =>
    effect(() => {
      signal.value;
      changed.push(name);
    })
  );
  changed = [];
  return {
    take: () => changed.splice(0).sort(),
    stop: () => stops.forEach((stop) => stop()),
  };
}

function watchMeeting() {
  const store = createStore(stateOfMeeting());
  const view = createMeetingView({ state: store });
  const tiles = Object.fromEntries([...ids, "me"].map((id) => [id, view.tile(`${id}/camera`)]));
  return { store, view, watched: watch({ ...tiles, order: view.order, voices: view.voices }) };
}

Deno.test("meeting view › a change of speaker changes two tiles, and neither their order nor the sound", () => {
  const { store, watched } = watchMeeting();
  hear(store, { type: "speaker.active", data: { participant_id: "b" } });
  assertEquals(watched.take(), ["a", "b"]);
  hear(store, { type: "speaker.active", data: { participant_id: "b" } });
  assertEquals(watched.take(), []);
  watched.stop();
});

Deno.test("meeting view › slots that swap change the order and no tile", () => {
  const { store, view, watched } = watchMeeting();
  const assignments = stateOfMeeting().assignments.map((one) => ({ ...one, slot: 3 - one.slot }));
  hear(store, { type: "layout.assigned", data: { assignments } });
  assertEquals(watched.take(), ["order"]);
  assertEquals(view.order.value.keys, ["d/camera", "c/camera", "b/camera", "a/camera", "me/camera"]);
  watched.stop();
});

Deno.test("meeting view › a message in the chat changes no tile", () => {
  const { store, watched } = watchMeeting();
  const message = {
    message_id: "m",
    from: "a",
    display_name: "A",
    text: "hi",
    sent_at: "2026-01-02T03:04:05Z",
  };
  hear(store, { type: "chat.message", data: message });
  assertEquals(watched.take(), []);
  watched.stop();
});

Deno.test("meeting view › it shows the newest state when a listener changes the state again", () => {
  const store = createStore(stateOfMeeting());
  store.subscribe(({ activeSpeaker }) => {
    if (activeSpeaker === "b") hear(store, { type: "speaker.active", data: { participant_id: "c" } });
  });
  const view = createMeetingView({ state: store });
  hear(store, { type: "speaker.active", data: { participant_id: "b" } });
  assertEquals(view.state.value.activeSpeaker, "c");
});

function stream(consumerId: string, participantId: string, source: MediaSource): [string, RemoteStream] {
  const track = new FakeTrack(source === "camera" ? "video" : "audio");
  return [consumerId, { consumerId, participantId, source, track }];
}

Deno.test("voices › everybody's sound once, with a slot or without; of two the newer", () => {
  const entries = [
    stream("1", "a", "microphone"),
    stream("2", "a", "camera"),
    stream("3", "b", "microphone"),
    stream("4", "b", "screen_audio"),
    stream("5", "a", "microphone"),
  ];
  const state = { ...stateOfMeeting(), assignments: [], streams: new Map(entries) };
  assertEquals(voicesOf(state).map(({ key, track }) => [key, track === entries.at(4)?.[1].track]), [
    ["a/microphone", true],
    ["b/microphone", false],
    ["b/screen_audio", false],
  ]);
});

Deno.test("meeting view › a picture for which the connection is too slow gives way to the name, and comes back", () => {
  const { store, view } = watchMeeting();
  const track = new FakeTrack("video");
  const stream: RemoteStream = { consumerId: "c1", participantId: "a", source: "camera", track };
  const assignments = [{ slot: 0, participant_id: "a", source: "camera" as const, consumer_id: "c1" }];
  store.update((state) => ({ ...state, assignments, streams: new Map([["c1", stream]]) }));
  const shows = () => view.tile("a/camera").value?.video === track;
  const told = (layers: { spatial: number } | null) => {
    const changed = [{ consumer_id: "c1", layers }];
    hear(store, { type: "media.consumers", data: { added: [], removed: [], changed } });
    return shows();
  };
  assertEquals([shows(), told(null), told({ spatial: 0 })], [true, false, true]);
});

Deno.test("meeting view › a pin counts for as long as its person is in the meeting", () => {
  const { store, view } = watchMeeting();
  view.choice.value = { ...view.choice.value, pinned: "b" };
  const { pinned, ...unpinned } = view.effectiveChoice.value;
  assertEquals([pinned, view.order.value.hasStage], ["b", true]);
  const effective = watch({ effective: view.effectiveChoice });
  hear(store, { type: "participant.left", data: { rev: 2, participant_id: "a", reason: "left" } });
  assertEquals(effective.take(), []);
  hear(store, { type: "participant.left", data: { rev: 3, participant_id: "b", reason: "left" } });
  assertEquals([view.effectiveChoice.value, view.order.value.hasStage], [unpinned, false]);
  effective.take();
  hear(store, { type: "participant.left", data: { rev: 4, participant_id: "c", reason: "left" } });
  assertEquals(effective.take(), [], "the layout is told to the server once");
  effective.stop();
});
