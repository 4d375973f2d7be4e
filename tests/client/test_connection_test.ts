import { assertEquals, assertMatch } from "@std/assert";
import type {
  MediaEngine,
  MediaTransports,
  MediaTransportsOptions,
} from "../../shared/client/media/media_transports.ts";
import { testConnection, testLines, type TestState } from "../../shared/client/test_connection.ts";
import { lineWords, reportText, summary } from "../../global/web/connection_test/test_words.ts";
import type { IceCandidate } from "../../shared/protocol/rtp.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { NotedTransports, transportsOf } from "./noted_transports.ts";
import { ticketTo } from "./samples.ts";
import { answerFrame, errorFrame, type Peer, startSignalingServer } from "./signaling_server.ts";

const relay = { urls: ["turn:relay.example:3478"], username: "u", credential: "secret" };

function candidate(protocol: "udp" | "tcp"): IceCandidate {
  return {
    foundation: protocol,
    priority: 1,
    address: "10.0.0.1",
    ip: "10.0.0.1",
    protocol,
    port: 44_400,
    type: "host",
  };
}

const iceCandidates = [candidate("udp"), candidate("tcp")];
const given = transportsOf("test");
const transports = { send: { ...given.send, iceCandidates }, recv: { ...given.recv, iceCandidates } };

/** Media of a browser in whose network only some paths are open. */
function engineFor(openPaths: readonly string[], packets = 5) {
  const opened: { path: string; urls: string[] }[] = [];
  class Transports extends NotedTransports implements MediaTransports {
    override stats(): Promise<RTCStatsReport> {
      return Promise.resolve(new Map([["one", { type: "outbound-rtp", packetsSent: packets }]]));
    }
  }
  const engine: MediaEngine = {
    rtpCapabilities: { codecs: [], headerExtensions: [] },
    open(options: MediaTransportsOptions) {
      const protocols = options.transports.send.iceCandidates.map(({ protocol }) => protocol);
      const path = options.relayOnly ? "relay" : protocols.join("+");
      opened.push({ path, urls: options.iceServers().flatMap(({ urls }) => urls) });
      queueMicrotask(() => options.onPath("send", openPaths.includes(path)));
      const transports = new Transports(options);
      transports.packets = [{ consumer_id: "c", packets }];
      return transports;
    },
  };
  return { engine, opened };
}

/** Answers the test's requests as a server does, until it is closed. */
async function serve(peer: Peer): Promise<void> {
  for (;;) {
    const request = await Promise.race([peer.next(), peer.closed]);
    if (!("type" in request) || !("data" in request) || request.type !== "test.open") return;
    peer.socket.send(answerFrame<"test.open">(request.id, { transports, seconds_left: 20 }));
  }
}

const outcomesOf = ({ lines }: TestState) => testLines.map((line) => lines[line].outcome);

Deno.test("connection test › each way has transports of its own, and the first open one sends and receives", async () => {
  await using server = startSignalingServer();
  const { engine, opened } = engineFor(["tcp", "relay"]);
  const ticket = { ...ticketTo(server.url), ice_servers: [relay] };
  const test = testConnection({ ticket, engine, sound: new FakeTrack("audio") });
  void serve(await server.accept());
  await test.over;
  const state = test.state.get();
  assertEquals(outcomesOf(state), ["works", "fails", "works", "works", "works", "works"]);
  assertEquals(opened, [
    { path: "udp", urls: [] },
    { path: "tcp", urls: [] },
    { path: "relay", urls: relay.urls },
  ]);
  assertMatch(summary(state, false), /slower way/);
  assertMatch(lineWords("udp", state), /take another way/);
  const text = reportText(state, { at: "now", page: "p", server: "s", browser: "b" });
  assertMatch(text, /udp: fails \(udp 10\.0\.0\.1:44400\)/);
  assertEquals(/secret|token/.test(text), false);
});

Deno.test("connection test › what is not open leaves sending and receiving untested; a relay that isn't set up is no failure", async () => {
  await using server = startSignalingServer();
  const { engine } = engineFor([]);
  const test = testConnection({ ticket: ticketTo(server.url), engine, sound: new FakeTrack("audio") });
  void serve(await server.accept());
  await test.over;
  const state = test.state.get();
  assertEquals(outcomesOf(state), ["works", "fails", "fails", "not_set_up", "not_tested", "not_tested"]);
  assertMatch(summary(state, false), /neither sound nor picture gets through/);
});

Deno.test("connection test › a refusal is said, and so is a server that can't be reached", async () => {
  await using server = startSignalingServer();
  const { engine } = engineFor(["udp"]);
  const refused = testConnection({ ticket: ticketTo(server.url), engine, sound: new FakeTrack("audio") });
  const peer = await server.accept();
  const { id } = await peer.next();
  peer.socket.send(errorFrame(id, { code: "RATE_LIMITED", message: "Not so often." }));
  await Promise.race([refused.over, serve(peer).then(() => refused.over)]);
  assertEquals(outcomesOf(refused.state.get()), ["works", ...Array(5).fill("not_tested")]);
  assertEquals(summary(refused.state.get(), false), "That was too much at once. Try again in a moment.");

  const unreachable = testConnection({
    ticket: ticketTo("ws://127.0.0.1:9/"),
    engine,
    sound: new FakeTrack("audio"),
  });
  await unreachable.over;
  assertEquals(outcomesOf(unreachable.state.get()), ["fails", ...Array(5).fill("not_tested")]);
  assertMatch(lineWords("server", unreachable.state.get()), /block WebSockets/);
});

Deno.test("connection test › what the server's end cuts short was not tested, and did not fail", async () => {
  await using server = startSignalingServer();
  const { engine } = engineFor(["udp"], 0);
  const test = testConnection({ ticket: ticketTo(server.url), engine, sound: new FakeTrack("audio") });
  const peer = await server.accept();
  const stop = test.state.subscribe(({ lines }) => {
    if (lines.send.outcome === "testing") peer.socket.close(4408, "the connection test is over");
  });
  void serve(peer);
  await test.over;
  stop();
  assertEquals(outcomesOf(test.state.get()), [
    "works",
    "works",
    "not_tested",
    "not_tested",
    "not_tested",
    "not_tested",
  ]);
});

Deno.test("connection test › one that is ended early closes its connection, and says what it knows", async () => {
  await using server = startSignalingServer();
  const { engine } = engineFor(["udp"], 0);
  const test = testConnection({ ticket: ticketTo(server.url), engine, sound: new FakeTrack("audio") });
  const peer = await server.accept();
  const stop = test.state.subscribe(({ lines }) => {
    if (lines.send.outcome === "testing") test.cancel();
  });
  void serve(peer);
  await peer.closed;
  await test.over;
  stop();
  const state = test.state.get();
  assertEquals(outcomesOf(state), ["works", "works", ...Array(4).fill("not_tested")]);
  assertEquals(summary(state, true), "You have ended the test.");
});
