import { assertEquals } from "@std/assert";
import { afterEntry, afterNotification, initialState } from "../../shared/client/session_state.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { transportsOf } from "./noted_transports.ts";
import { consumerOf, joinAnswer, person } from "./samples.ts";
import { notificationFrame, startSignalingServer } from "./signaling_server.ts";

Deno.test("session › from a loss on nobody speaks and no quality is known, until it is told anew after the resume", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const participants = [person("me"), person("other")];
  const first = await server.accept();
  await letIn(first, { participants });
  await until(session, inPhase("joined"));
  first.socket.send(notificationFrame("speaker.active", { participant_id: "other" }));
  first.socket.send(notificationFrame("quality", { participant_id: "other", level: "poor" }));
  await until(session, ({ quality }) => quality.size > 0);
  first.socket.close();
  const lost = await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  await letIn(second, { resumed: true, participants });
  const back = await until(session, inPhase("joined"));
  for (const { activeSpeaker, quality } of [lost, back]) {
    assertEquals([activeSpeaker, quality.size], [undefined, 0]);
  }
  await leave(session, second);
});

Deno.test("session › what stands still goes on to, while it is shown beside what fresh transports bring", () => {
  const stream = { participantId: "other", source: "camera" as const, track: new FakeTrack("video") };
  const streams = new Map(["still", "slow"].map((id) => [id, { ...stream, consumerId: id }]));
  const shown = {
    ...initialState,
    streams,
    paused: new Set(["still", "gone"]),
    starved: new Set(["slow", "gone"]),
  };
  const fresh = { transports: transportsOf("two"), consumers: [{ ...consumerOf("new"), paused: true }] };
  const moved = afterNotification(shown, { type: "media.moved", data: { reason: "lost", ...fresh } });
  const back = afterEntry(shown, joinAnswer({ resumed: true, ...fresh }));
  for (const { paused, starved } of [moved, back]) {
    assertEquals([[...paused], [...starved]], [["still", "new"], ["slow"]]);
  }
  const kept = afterEntry(shown, joinAnswer({ resumed: true, media_kept: true }));
  assertEquals([kept.paused.size, kept.starved.size], [0, 0]);
});
