import { assert, assertEquals } from "@std/assert";
import type { ApiResult } from "../../shared/client/http.ts";
import type { Ticket } from "../../shared/protocol/rest.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { manualClock } from "../manual_clock.ts";
import { gone, inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { startEngine, transportsOf } from "./noted_transports.ts";
import { joinAnswer, person } from "./samples.ts";
import { answerFrame, notificationFrame, startSignalingServer } from "./signaling_server.ts";

const binding = { correlation_id: "correlation-1", binding_token: "binding-token-number-0" };

Deno.test("coming back › a session with an earlier one's binding resumes, and ends the screen that was shared", async () => {
  await using server = startSignalingServer();
  const { media } = startEngine();
  const session = join(server.url, { media, binding });
  const peer = await server.accept();
  const source = (source: "microphone" | "screen" | "screen_audio") => ({
    source,
    producer_id: `former-${source}`,
    paused: true,
    muted_by_host: false,
  });
  const sources = [source("microphone"), source("screen"), source("screen_audio")];
  const request = await letIn(peer, {
    resumed: true,
    transports: transportsOf("one"),
    participants: [person("me", { sources })],
  });
  assertEquals(request.type === "join" && request.data.resume, { ...binding, sources: [] });
  for (const producer_id of ["former-screen", "former-screen_audio"]) {
    const close = await peer.next();
    assertEquals<unknown>([close.type, close.data], ["media.close", { producer_id }]);
    peer.socket.send(answerFrame<"media.close">(close.id, {}));
  }
  await leave(session, peer);
});

Deno.test("coming back › over fresh transports, what was unpublished meanwhile is closed", async () => {
  await using server = startSignalingServer();
  const { media } = startEngine();
  const local = new Map(
    [["microphone", new FakeTrack("audio")], ["screen", new FakeTrack("video")]] as const,
  );
  const session = join(server.url, { media, local });
  const first = await server.accept();
  await letIn(first, { transports: transportsOf("one") });
  await until(session, inPhase("joined"));
  first.socket.close();
  await until(session, inPhase("reconnecting"));
  session.unpublish("screen");
  const sources = (["microphone", "screen"] as const).map((source) => ({
    source,
    producer_id: `former-${source}`,
    paused: false,
    muted_by_host: false,
  }));
  const peer = await server.accept();
  await letIn(peer, {
    resumed: true,
    transports: transportsOf("two"),
    participants: [person("me", { sources })],
  });
  await until(session, inPhase("joined"));
  const left = session.leave();
  const close = await peer.next();
  assertEquals<unknown>([close.type, close.data], ["media.close", { producer_id: "former-screen" }]);
  const farewell = await peer.next();
  peer.socket.send(answerFrame<"leave">(farewell.id, {}));
  await left;
  await peer.closed;
});

Deno.test("coming back › the seat is that of the newest binding and token", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  assertEquals(session.seat(), undefined);
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  const { correlation_id } = binding;
  assertEquals(session.seat(), {
    binding: { correlation_id, binding_token: "binding-token-number-1" },
    token: "token-1",
  });
  const rebound = { binding_token: "binding-token-number-2", token: "token-2", expires_in: 900 };
  peer.socket.send(notificationFrame("session.bound", rebound));
  peer.socket.send(notificationFrame("speaker.active", { participant_id: "me" }));
  await until(session, ({ activeSpeaker }) => activeSpeaker === "me");
  assertEquals(session.seat(), {
    binding: { correlation_id, binding_token: "binding-token-number-2" },
    token: "token-2",
  });
  await leave(session, peer);
});

Deno.test("coming back › whoever steps out says for how long", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  const out = session.stepOut(10);
  const request = await peer.next();
  assertEquals<unknown>([request.type, request.data], ["leave", { back_within_seconds: 10 }]);
  peer.socket.send(answerFrame<"leave">(request.id, {}));
  await out;
  await peer.closed;
});

for (const entry of ["join", "resume"] as const) {
  Deno.test(`leaving › while a ${entry} is under way is told once that is answered`, async () => {
    await using server = startSignalingServer();
    const session = join(server.url, entry === "resume" ? { binding } : {});
    const peer = await server.accept();
    const request = await peer.next();
    await session.leave();
    assertEquals(session.state.get().ending?.reason, "left");
    peer.socket.send(answerFrame<"join">(request.id, joinAnswer({ resumed: entry === "resume" })));
    const farewell = await Promise.race([peer.next(), peer.closed]);
    assert("id" in farewell, "the connection was closed without a word");
    assertEquals<unknown>([farewell.type, farewell.data], ["leave", {}]);
    peer.socket.send(answerFrame<"leave">(farewell.id, {}));
    await peer.closed;
  });
}

Deno.test("leaving › for a moment while a resume is under way keeps the binding that the page has", async () => {
  await using server = startSignalingServer();
  const session = join(server.url, { binding });
  const peer = await server.accept();
  const request = await peer.next();
  await session.stepOut(10);
  peer.socket.send(answerFrame<"join">(request.id, joinAnswer({ resumed: true })));
  const said = await Promise.race([peer.next(), peer.closed]);
  assertEquals(said instanceof CloseEvent, true);
});

Deno.test("loss › 4503 says that the meeting moves, and in the end that nobody has taken it", async () => {
  await using server = startSignalingServer();
  const clock = manualClock();
  const renewTicket = () => Promise.resolve(gone);
  const reportUnreachable = renewTicket;
  const session = join(server.url, { clock, api: { renewTicket, reportUnreachable }, resumeWindowMs: 0 });
  const peer = await server.accept();
  await letIn(peer);
  await until(session, inPhase("joined"));
  peer.socket.close(4503, "this server restarts: you are brought back");
  const { loss } = await until(session, inPhase("reconnecting"));
  assertEquals(loss, "The meeting moves to another server. You are being brought back…");
  const second = await server.accept();
  second.socket.close(4503);
  const { ending } = await until(session, inPhase("ended"));
  assertEquals([ending?.reason, ending?.message], [
    "lost",
    "The meeting's server was stopped, and no other one has taken the meeting. Try again in a few minutes.",
  ]);
});

for (const wasIn of [true, false]) {
  Deno.test(`loss › a ticket that has expired ${wasIn ? "since the join" : "before the join"} says so`, async () => {
    await using server = startSignalingServer();
    const expired: ApiResult<Ticket> = {
      ok: false,
      error: { status: 401, code: "UNAUTHORIZED", message: "This token has expired." },
    };
    const renewTicket = () => Promise.resolve(expired);
    const session = join(server.url, { api: { renewTicket, reportUnreachable: renewTicket } });
    const peer = await server.accept();
    if (wasIn) {
      await letIn(peer);
      await until(session, inPhase("joined"));
    }
    peer.socket.close(4401);
    const { ending } = await until(session, inPhase("ended"));
    assertEquals(
      [ending?.reason, ending?.message],
      wasIn
        ? ["lost", "Your time away was too long. Join the meeting again."]
        : ["failed", "The meeting could not be joined. Try again in a moment."],
    );
  });
}
