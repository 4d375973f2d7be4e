import { assertEquals } from "@std/assert";
import { connectSignaling, type SignalingEnd, type SignalingOptions } from "../../shared/client/signaling.ts";
import type { Notification } from "../../shared/protocol/signaling.ts";
import { errorFrame } from "../../shared/protocol/signaling.ts";
import { manualClock } from "../manual_clock.ts";
import { answerFrame, notificationFrame, startSignalingServer } from "./signaling_server.ts";

function connect(url: string, options: Partial<SignalingOptions> = {}) {
  const ended = Promise.withResolvers<SignalingEnd>();
  const notifications: Notification[] = [];
  const heard = Promise.withResolvers<Notification>();
  const signaling = connectSignaling({
    url,
    token: "header.payload.signature",
    onNotification(notification) {
      notifications.push(notification);
      heard.resolve(notification);
    },
    onEnd: ended.resolve,
    ...options,
  });
  return { signaling, ended: ended.promise, heard: heard.promise, notifications };
}

const sentAt = "2026-01-02T03:04:05.678Z";

Deno.test("signaling › the token travels as a subprotocol and requests made before it is open are sent then", async () => {
  await using server = startSignalingServer();
  const { signaling, ended } = connect(server.url);
  const answer = signaling.request("chat.send", { text: "early" });
  const peer = await server.accept();
  const request = await peer.next();
  assertEquals([peer.token, request.type, request.data], ["header.payload.signature", "chat.send", {
    text: "early",
  }]);
  peer.socket.send(answerFrame<"chat.send">(request.id, { message_id: "m1", sent_at: sentAt }));
  assertEquals(await answer, { ok: true, value: { message_id: "m1", sent_at: sentAt } });
  signaling.close();
  assertEquals((await ended).reason, "left");
  await peer.closed;
});

Deno.test("signaling › answers find their request in whatever order they come", async () => {
  await using server = startSignalingServer();
  const { signaling } = connect(server.url);
  const first = signaling.request("media.restart_ice", { transport_id: "t1" });
  const second = signaling.request("chat.send", { text: "two" });
  const peer = await server.accept();
  const [one, two] = [await peer.next(), await peer.next()];
  peer.socket.send(answerFrame<"chat.send">(two.id, { message_id: "m2", sent_at: sentAt }));
  peer.socket.send(errorFrame(one.id, { code: "NOT_FOUND", message: "No such transport." }));
  assertEquals((await second).ok, true);
  assertEquals(await first, { ok: false, error: { code: "NOT_FOUND", message: "No such transport." } });
  signaling.close();
  await peer.closed;
});

Deno.test("signaling › an answer of another shape is BAD_ANSWER, an unknown answer is ignored", async () => {
  await using server = startSignalingServer();
  const { signaling } = connect(server.url);
  const answer = signaling.request("chat.send", { text: "hello" });
  const peer = await server.accept();
  const { id } = await peer.next();
  peer.socket.send(JSON.stringify({ re: 999, ok: true, data: {} }));
  peer.socket.send("not json");
  peer.socket.send(JSON.stringify({ re: id, ok: true, data: { surprise: 1 } }));
  const result = await answer;
  assertEquals(!result.ok && result.error.code, "BAD_ANSWER");
  signaling.close();
  await peer.closed;
});

Deno.test("signaling › a request without an answer settles with TIMEOUT", async () => {
  await using server = startSignalingServer();
  const clock = manualClock();
  const { signaling } = connect(server.url, { clock });
  const answer = signaling.request("leave", {});
  const peer = await server.accept();
  await peer.next();
  clock.advance(10_000);
  const result = await answer;
  assertEquals(!result.ok && result.error.code, "TIMEOUT");
  signaling.close();
  await peer.closed;
});

Deno.test("signaling › a close settles every pending request and gives the code's name", async () => {
  await using server = startSignalingServer();
  const { signaling, ended } = connect(server.url);
  const pending = [1, 2, 3].map(() => signaling.request("leave", {}));
  const peer = await server.accept();
  peer.socket.close(4403, "removed by a host");
  const results = await Promise.all(pending);
  assertEquals(results.map((result) => !result.ok && result.error.code), ["CLOSED", "CLOSED", "CLOSED"]);
  assertEquals(await ended, { reason: "removed", message: "removed by a host" });
  const late = await signaling.request("leave", {});
  assertEquals(!late.ok && late.error.code, "CLOSED");
});

Deno.test("signaling › a close without one of our codes is a loss", async () => {
  await using server = startSignalingServer();
  const { ended } = connect(server.url);
  const peer = await server.accept();
  peer.socket.close();
  assertEquals((await ended).reason, "lost");
});

Deno.test("signaling › where nobody listens it is unreachable", async () => {
  const { signaling, ended } = connect("ws://127.0.0.1:9/");
  const answer = await signaling.request("leave", {});
  assertEquals(!answer.ok && answer.error.code, "CLOSED");
  assertEquals((await ended).reason, "unreachable");
});

Deno.test("signaling › an address that may not be opened is unreachable, not an exception", async () => {
  const { signaling, ended } = connect("http://[broken");
  assertEquals((await signaling.request("leave", {})).ok, false);
  assertEquals((await ended).reason, "unreachable");
});

Deno.test("signaling › pings every 5 s keep it alive, 12 s of silence end it", async () => {
  await using server = startSignalingServer({ answerPings: false });
  const clock = manualClock();
  const { ended, signaling, heard } = connect(server.url, { clock });
  const answer = signaling.request("leave", {});
  const peer = await server.accept();
  await peer.next();
  clock.advance(8_000);
  peer.socket.send(notificationFrame("speaker.active", { participant_id: "p1" }));
  await heard;
  // Silent for less than 12 s since that frame: still there.
  clock.advance(11_999);
  assertEquals(await Promise.race([ended, Promise.resolve("alive")]), "alive");
  clock.advance(1);
  assertEquals((await ended).reason, "silent");
  assertEquals((await answer).ok, false);
  await peer.closed;
});

Deno.test("signaling › a notification arrives typed, an unknown one is left out", async () => {
  await using server = startSignalingServer();
  const { signaling, heard, notifications } = connect(server.url);
  const peer = await server.accept();
  peer.socket.send(JSON.stringify({ type: "weather", data: { rain: true } }));
  peer.socket.send(notificationFrame("participant.left", { participant_id: "p2", reason: "lost" }));
  assertEquals(await heard, { type: "participant.left", data: { participant_id: "p2", reason: "lost" } });
  assertEquals(notifications.length, 1);
  signaling.close();
  await peer.closed;
});

Deno.test("signaling › a message over 64 KiB is refused here and the connection lives on", async () => {
  await using server = startSignalingServer();
  const { signaling } = connect(server.url);
  const big = await signaling.request("chat.send", { text: "x".repeat(70_000) });
  assertEquals(!big.ok && big.error.code, "INVALID_REQUEST");
  const peer = await server.accept();
  const small = signaling.request("chat.send", { text: "small" });
  const { id } = await peer.next();
  peer.socket.send(answerFrame<"chat.send">(id, { message_id: "m1", sent_at: sentAt }));
  assertEquals((await small).ok, true);
  signaling.close();
  await peer.closed;
});
