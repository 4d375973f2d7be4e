import { assertEquals } from "@std/assert";
import type { NotificationData, NotificationType } from "../../shared/protocol/signaling.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { manualClock } from "../manual_clock.ts";
import { end, inPhase, join, letIn, until } from "./joined_session.ts";
import { startEngine, transportsOf } from "./noted_transports.ts";
import { consumerOf } from "./samples.ts";
import { notificationFrame, startSignalingServer } from "./signaling_server.ts";

/** A session with a microphone that receives one of another. */
async function start(slow = 0) {
  const server = startSignalingServer();
  const { media, opened } = startEngine({ slow });
  const clock = manualClock();
  const session = join(server.url, {
    media,
    clock,
    local: new Map([["microphone" as const, new FakeTrack("audio")]]),
  });
  let peer = await server.accept();
  await letIn(peer, { transports: transportsOf("1"), consumers: [consumerOf("a")] });
  await until(session, inPhase("joined"));
  let heard = 0;

  /** Resolves once the session has heard of it. */
  async function hear<T extends NotificationType>(type: T, data: NotificationData<T>): Promise<void> {
    const participant_id = `mark-${++heard}`;
    peer.socket.send(notificationFrame(type, data));
    peer.socket.send(notificationFrame("speaker.active", { participant_id }));
    await until(session, ({ activeSpeaker }) => activeSpeaker === participant_id);
  }

  const nth = (number: number) => {
    const transports = opened[number - 1];
    if (transports === undefined) throw new Error(`the client has not opened ${number} transports`);
    return transports;
  };

  return {
    session,
    clock,
    hear,
    /** The transports that were opened as the first, the second or a later one. */
    nth,
    shown: () => [...session.state.get().streams.keys()],
    /** The server moves the client to other transports. */
    move: (...consumerIds: string[]) =>
      hear("media.moved", {
        reason: "the media handler is about to end",
        transports: transportsOf(`${opened.length + 1}`),
        consumers: consumerIds.map(consumerOf),
      }),
    /** The server has these consumers more and those no more. */
    change: (added: string[], removed: string[] = []) =>
      hear("media.consumers", { added: added.map(consumerOf), removed, changed: [] }),
    /** Loses the connection, and comes back a second later with the media that the server kept. */
    async comeBack(...consumerIds: string[]): Promise<void> {
      peer.socket.close();
      await until(session, inPhase("reconnecting"));
      clock.advance(1_000);
      peer = await server.accept();
      await letIn(peer, { resumed: true, media_kept: true, consumers: consumerIds.map(consumerOf) });
      await until(session, inPhase("joined"));
    },
    async end(): Promise<void> {
      await end(session, peer);
    },
    connections: server.connections,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Another microphone's newer stream, of which nothing has come yet. Its older one is shown. */
async function hold({ nth, change, shown }: Awaited<ReturnType<typeof start>>) {
  nth(1).isWaiting = true;
  await change(["b"]);
  assertEquals(shown(), ["a"]);
  const track = nth(1).tracks.get("b");
  if (track === undefined) throw new Error("no stream is held");
  return track;
}

Deno.test("session's media › a newcomer sends once what is received is set up", async () => {
  await using meeting = await start(1);
  const first = meeting.nth(1);
  assertEquals(first.told, []);
  first.settingUp.resolve();
  await first.hasTold(1);
  assertEquals(first.told, ["microphone on"]);
  await meeting.end();
});

Deno.test("session's media › transports that were replaced before they sent never send", async () => {
  await using meeting = await start(1);
  await meeting.move("b");
  const [first, second] = [meeting.nth(1), meeting.nth(2)];
  first.settingUp.resolve();
  await first.settingUp.promise;
  assertEquals([first.told, second.told], [[], ["microphone on"]]);
  await meeting.end();
});

Deno.test("session's media › what replaced transports say changes nothing", async () => {
  await using meeting = await start();
  await meeting.move("b");
  const before = meeting.session.state.get();
  const first = meeting.nth(1);
  first.receive([consumerOf("c")]);
  first.find("send", false);
  first.fail("microphone");
  first.break();
  assertEquals(meeting.session.state.get(), before);
  meeting.nth(2).carrying.recv.resolve();
  await first.hasTold(2);
  assertEquals([meeting.shown(), meeting.connections()], [["b"], 1]);
  await meeting.end();
});

Deno.test("session's media › a source that can't be sent is off, and it is said why", async () => {
  await using meeting = await start();
  meeting.nth(1).fail("microphone");
  const { local, notice } = meeting.session.state.get();
  assertEquals([local.size, typeof notice], [0, "string"]);
  await meeting.end();
});

Deno.test("session's media › a source that newer transports can't send is not sent over the former either", async () => {
  await using meeting = await start();
  await meeting.move("b");
  meeting.nth(2).fail("microphone");
  assertEquals([meeting.session.state.get().local.size, meeting.nth(1).switched], [0, [
    "microphone stopped",
  ]]);
  await meeting.end();
});

Deno.test("session's media › a demand, and the end of a consumer, reach the transports", async () => {
  await using meeting = await start();
  const { told } = meeting.nth(1);
  told.length = 0;
  await meeting.hear("media.demand", { producer_id: "mine", max_layer: 1 });
  await meeting.change([], ["a"]);
  assertEquals([told, meeting.shown()], [["mine up to 1", "drop a"], []]);
  await meeting.end();
});

Deno.test("session's media › what was sent too much is stopped once the server has closed it", async () => {
  await using meeting = await start();
  const excess = { bitrate_bps: 9, allowed_bps: 1 };
  await meeting.hear("media.excess", { ...excess, closed: false });
  assertEquals(meeting.nth(1).switched, []);
  await meeting.hear("media.excess", { ...excess, closed: true });
  assertEquals(meeting.nth(1).switched, ["microphone stopped"]);
  await meeting.end();
});

Deno.test("session's media › a resume within 12 s leaves sending as it is", async () => {
  await using meeting = await start();
  await meeting.comeBack("a");
  meeting.clock.advance(11_000);
  assertEquals(meeting.nth(1).told.includes("hush"), false);
  await meeting.end();
});

Deno.test("session's media › after the end there are no transports, and nothing comes to be shown", async () => {
  await using meeting = await start();
  const track = await hold(meeting);
  await meeting.end();
  track.arrive();
  assertEquals([meeting.shown(), await meeting.session.stats("recv")], [[], undefined]);
});

Deno.test("moved › what ends before the others carry is not shown then", async () => {
  await using meeting = await start();
  await meeting.move("b", "c");
  await meeting.change([], ["b"]);
  assertEquals(meeting.shown(), ["a"]);
  meeting.nth(2).carrying.recv.resolve();
  await until(meeting.session, ({ streams }) => !streams.has("a"));
  assertEquals(meeting.shown(), ["c"]);
  await meeting.end();
});

const losses = {
  "has ended": ({ change }) => change([], ["b"]),
  "a resume doesn't keep": ({ comeBack }) => comeBack("a"),
  "the server doesn't keep": ({ hear }) => hear("media.kept", { consumers: [consumerOf("a")] }),
  "was the former transports'": ({ move }) => move("c"),
} satisfies Record<string, (meeting: Awaited<ReturnType<typeof start>>) => Promise<void>>;

for (const [how, lose] of Object.entries(losses)) {
  Deno.test(`held streams › one that ${how} is not shown when its packets come`, async () => {
    await using meeting = await start();
    const track = await hold(meeting);
    await lose(meeting);
    track.arrive();
    assertEquals(meeting.shown(), ["a"]);
    await meeting.end();
  });
}
