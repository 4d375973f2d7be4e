import { assertEquals } from "@std/assert";
import type { JoinRequest, RequestFrame } from "../../shared/protocol/signaling.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { manualClock } from "../manual_clock.ts";
import { end, enter, gone, inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { startEngine, transportsOf } from "./noted_transports.ts";
import { consumerOf } from "./samples.ts";
import { answerFrame, notificationFrame, startSignalingServer } from "./signaling_server.ts";

function resumeIn(request: RequestFrame): JoinRequest["resume"] {
  return request.type === "join" ? request.data.resume : undefined;
}

const muted = () => new Map([["microphone" as const, new FakeTrack("audio")]]);

Deno.test("keep media › a resume that kept it goes on with transports and tracks as they were", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const { session, peer: first } = await enter(server, { media, local: muted() }, {
    transports: transportsOf("one"),
    consumers: [consumerOf("a"), consumerOf("b")],
  });
  session.setPaused("microphone", true);
  const trackOfA = session.state.get().streams.get("a")?.track;
  first.socket.close();
  await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  const request = await letIn(second, { resumed: true, media_kept: true, consumers: [consumerOf("a")] });
  assertEquals(resumeIn(request)?.keep_media, true);
  assertEquals(resumeIn(request)?.sources, [{ source: "microphone", paused: true }]);
  const { streams } = await until(session, inPhase("joined"));
  assertEquals([...streams].map(([id, { track }]) => [id, track]), [["a", trackOfA]]);
  assertEquals(opened.map(({ told }) => told), [["microphone on", "speak", "go on with 1"]]);
  await leave(session, second);
});

Deno.test("keep media › while it is open whether it goes on everything stays as it is, and then goes on", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const assignments = [{ slot: 0, participant_id: "bob", source: "camera" as const, consumer_id: "a" }];
  const { session, peer: first } = await enter(server, { media }, {
    transports: transportsOf("one"),
    consumers: [consumerOf("a")],
    assignments,
  });
  first.socket.close();
  await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  await letIn(second, { resumed: true, media_pending: true });
  const pending = await until(session, inPhase("joined"));
  assertEquals([[...pending.streams.keys()], pending.assignments], [["a"], assignments]);
  assertEquals(opened[0]?.told, []);
  const paused = { ...consumerOf("a"), paused: true };
  second.socket.send(notificationFrame("media.kept", { consumers: [paused] }));
  const kept = await until(session, (state) => state.paused.has("a"));
  assertEquals([[...kept.streams.keys()], kept.assignments], [["a"], assignments]);
  assertEquals(opened.map(({ told }) => told), [["speak", "go on with 1"]]);
  await leave(session, second);
});

Deno.test("keep media › where it could not be kept the muted microphone is born paused on fresh transports", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const { session, peer: first } = await enter(server, { media, local: muted() }, {
    transports: transportsOf("one"),
  });
  session.setPaused("microphone", true);
  first.socket.close();
  await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  await letIn(second, { resumed: true, media_kept: false, transports: transportsOf("two") });
  await until(session, inPhase("joined"));
  assertEquals(opened[1]?.told, ["microphone paused"]);
  await leave(session, second);
});

for (const how of ["dead", "broken"] as const) {
  Deno.test(`keep media › ${how} transports are not kept`, async () => {
    await using server = startSignalingServer();
    const { media, opened } = startEngine();
    const { session, peer: first } = await enter(server, { media }, { transports: transportsOf("one") });
    const [transports] = opened;
    if (how === "broken") transports?.break();
    else {
      if (transports !== undefined) transports.usable = false;
      first.socket.close();
    }
    const second = await server.accept();
    const request = await letIn(second, { resumed: true, transports: transportsOf("two") });
    assertEquals(resumeIn(request)?.keep_media, undefined);
    await until(session, inPhase("joined"));
    await leave(session, second);
  });
}

Deno.test("keep media › transports that break soon after others are rebuilt, too, 5 s after these were", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const clock = manualClock();
  const { session } = await enter(server, { media, clock }, { transports: transportsOf("one") });
  opened[0]?.break();
  const second = await server.accept();
  await letIn(second, { resumed: true, transports: transportsOf("two") });
  await until(session, inPhase("joined"));
  clock.advance(1_000);
  for (let time = 0; time < 2; time++) opened[1]?.break();
  assertEquals([...session.state.get().blocked].sort(), ["recv", "send"]);
  clock.advance(3_999);
  assertEquals(session.state.get().phase, "joined");
  clock.advance(1);
  assertEquals(session.state.get().phase, "reconnecting");
  const third = await server.accept();
  const request = await letIn(third, { resumed: true, transports: transportsOf("three") });
  assertEquals(resumeIn(request)?.keep_media, undefined);
  await until(session, inPhase("joined"));
  clock.advance(10_000);
  assertEquals([server.connections(), session.state.get().phase], [3, "joined"]);
  await end(session, third);
});

Deno.test("keep media › transports that broke while it was asked for are replaced, although it was kept", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const clock = manualClock();
  const { session, peer: first } = await enter(server, { media, clock }, { transports: transportsOf("one") });
  first.socket.close();
  await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  opened[0]?.break();
  await letIn(second, { resumed: true, media_kept: true });
  await until(session, inPhase("joined"));
  clock.advance(5_000);
  assertEquals(session.state.get().phase, "reconnecting");
  const third = await server.accept();
  const request = await letIn(third, { resumed: true, transports: transportsOf("two") });
  assertEquals(resumeIn(request)?.keep_media, undefined);
  await until(session, inPhase("joined"));
  await end(session, third);
});

for (const carries of [true, false]) {
  const still = carries ? "is said until a path is found" : "is said no more where there is nothing to carry";
  Deno.test(`no path › over fresh transports it ${still}`, async () => {
    await using server = startSignalingServer();
    const { media, opened } = startEngine();
    const { session, peer: first } = await enter(server, { media, local: muted() }, {
      transports: transportsOf("one"),
      consumers: [consumerOf("a")],
    });
    for (const direction of ["send", "recv"] as const) opened[0]?.find(direction, false);
    if (!carries) session.unpublish("microphone");
    first.socket.close();
    await until(session, inPhase("reconnecting"));
    const second = await server.accept();
    const consumers = carries ? [consumerOf("b")] : [];
    await letIn(second, { resumed: true, transports: transportsOf("two"), consumers });
    const { blocked } = await until(session, inPhase("joined"));
    assertEquals([...blocked].sort(), carries ? ["recv", "send"] : []);
    for (const direction of ["send", "recv"] as const) opened[1]?.find(direction, true);
    assertEquals(session.state.get().blocked.size, 0);
    await leave(session, second);
  });
}

Deno.test("keep media › 12 s after the loss nothing is sent any more, until the resume", async () => {
  await using server = startSignalingServer();
  const { media, opened } = startEngine();
  const clock = manualClock();
  const reachable = Promise.withResolvers<void>();
  const session = join(server.url, {
    media,
    clock,
    api: {
      renewTicket: async () => {
        await reachable.promise;
        return gone;
      },
      reportUnreachable: () => Promise.resolve(gone),
    },
  });
  const first = await server.accept();
  await letIn(first, { transports: transportsOf("one") });
  await until(session, inPhase("joined"));
  // The new place has to be asked for, and the answer takes its time.
  first.socket.close(4503);
  await until(session, inPhase("reconnecting"));
  clock.advance(11_999);
  assertEquals(opened[0]?.told, []);
  clock.advance(1);
  assertEquals(opened[0]?.told, ["hush"]);
  reachable.resolve();
  const second = await server.accept();
  await letIn(second, { resumed: true, media_kept: true });
  await until(session, inPhase("joined"));
  assertEquals(opened[0]?.told, ["hush", "speak", "go on with 0"]);
  await end(session, second);
  assertEquals(opened[0]?.told.at(-1), "closed");
});

/** A session that receives the consumer "a". */
async function receiving(server: ReturnType<typeof startSignalingServer>) {
  const { media, opened } = startEngine();
  const clock = manualClock();
  const answer = { transports: transportsOf("one"), consumers: [consumerOf("a")] };
  const entered = await enter(server, { media, clock }, answer);
  const [transports] = opened;
  if (transports === undefined) throw new Error("No transports were opened");
  return { ...entered, clock, transports };
}

Deno.test("media report › it goes on after statistics that the browser refused, as of transports that end just then", async () => {
  await using server = startSignalingServer();
  const { clock, session, peer, transports } = await receiving(server);
  const { received } = transports;
  transports.received = () => Promise.reject(new Error("closed"));
  clock.advance(5_000);
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  transports.received = received;
  transports.packets = [{ consumer_id: "a", packets: 7 }];
  clock.advance(5_000);
  assertEquals((await peer.next()).type, "media.report");
  await end(session, peer);
});

Deno.test("media report › what arrived is told every 5 s, and ICE is restarted where the server says so", async () => {
  await using server = startSignalingServer();
  const { clock, session, peer, transports } = await receiving(server);
  transports.packets = [{ consumer_id: "a", packets: 7 }];
  clock.advance(5_000);
  const report = await peer.next();
  assertEquals<unknown>([report.type, report.data], ["media.report", {
    received: [{ consumer_id: "a", packets: 7 }],
  }]);
  peer.socket.send(answerFrame<"media.report">(report.id, { restart_ice: true }));
  await transports.restarted.promise;
  // The first sound came at once; the first picture not in time.
  await clock.until(5_000);
  transports.packets = [];
  clock.advance(10_000);
  const latency = await peer.next();
  assertEquals<unknown>([latency.type, latency.data], ["latency.report", { click_to_first_audio_ms: 0 }]);
  assertEquals(transports.told, ["restart receiving"]);
  await end(session, peer);
});
