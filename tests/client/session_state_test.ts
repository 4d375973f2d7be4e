import { assertEquals } from "@std/assert";
import {
  afterEntry,
  afterLoss,
  afterNotification,
  initialState,
  maySend,
  type SessionState,
} from "../../shared/client/session_state.ts";
import { defaultMeetingSettings } from "../../shared/protocol/rest.ts";
import type { ConsumerChange, MediaSource } from "../../shared/protocol/signaling.ts";
import { joinAnswer, meeting, person } from "./samples.ts";

const withChange = (state: SessionState, change: ConsumerChange) =>
  afterNotification(state, { type: "media.consumers", data: { added: [], removed: [], changed: [change] } });

Deno.test("state › a consumer is paused, and starved, until it is told otherwise", () => {
  const consumer_id = "consumer-1";
  const paused = withChange(initialState, { consumer_id, paused: true });
  assertEquals([...paused.paused], [consumer_id]);
  assertEquals([...withChange(paused, { consumer_id, paused: false }).paused], []);
  const starved = withChange(initialState, { consumer_id, layers: null });
  assertEquals([...starved.starved], [consumer_id]);
  assertEquals([...withChange(starved, { consumer_id, layers: { spatial: 0 } }).starved], []);
});

Deno.test("state › a source may be sent unless a host muted it, or the meeting forbids it to who is no host", () => {
  const may = (role: "host" | "participant", muted_sources: MediaSource[], source: MediaSource) => {
    const permissions = { ...defaultMeetingSettings.permissions, camera: false };
    const participants = [person("me", { role, muted_sources })];
    const running = { ...meeting, permissions };
    return maySend({ ...initialState, selfId: "me", role, participants, meeting: running }, source);
  };
  assertEquals([may("participant", [], "camera"), may("host", [], "camera")], [false, true]);
  assertEquals(may("participant", [], "microphone"), true);
  assertEquals([may("host", ["microphone"], "microphone"), may("host", ["screen"], "screen_audio")], [
    false,
    false,
  ]);
});

Deno.test("state › one's own role is the one that everybody is told last", () => {
  const joined = afterEntry(initialState, joinAnswer());
  const told = (id: string) =>
    afterNotification(joined, {
      type: "participant.updated",
      data: { participant: person(id, { role: "host" }), rev: 2 },
    }).role;
  assertEquals([told("me"), told("other")], ["host", "participant"]);
});

Deno.test("state › after a loss nobody's quality is known, and media that is to follow stays as it was", () => {
  const state: SessionState = {
    ...initialState,
    quality: new Map([["other", "poor"]]),
    paused: new Set(["consumer-1"]),
    starved: new Set(["consumer-2"]),
  };
  const lost = afterLoss(state, "It is lost.");
  assertEquals([lost.phase, lost.quality.size], ["reconnecting", 0]);
  const pending = afterEntry(lost, joinAnswer({ media_pending: true }));
  assertEquals([[...pending.paused], [...pending.starved]], [["consumer-1"], ["consumer-2"]]);
  const fresh = afterEntry(lost, joinAnswer());
  assertEquals([[...fresh.paused], [...fresh.starved]], [[], []]);
});
