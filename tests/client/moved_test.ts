import { assertEquals } from "@std/assert";
import type { MeetingSession } from "../../shared/client/session.ts";
import type { NotificationData } from "../../shared/protocol/signaling.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { manualClock } from "../manual_clock.ts";
import { end, inPhase, join, letIn, until } from "./joined_session.ts";
import { type NotedTransports, startEngine, transportsOf } from "./noted_transports.ts";
import { consumerOf } from "./samples.ts";
import { notificationFrame, startSignalingServer } from "./signaling_server.ts";

interface Moved {
  readonly former: NotedTransports;
  readonly newer: NotedTransports;
  /** The consumers that are shown. */
  shown(): string[];
  advance(ms: number): void;
  /** The time has passed for which both send. */
  hasOverlapped(): Promise<void>;
  readonly session: MeetingSession;
  /** The server moves the client once more. Answers the transports of then. */
  moveAgain(...consumerIds: string[]): Promise<NotedTransports>;
  /** The server has a consumer of another stream of the same source. */
  add(consumerId: string): Promise<void>;
  /** The server says that the media goes on, with these consumers alone. */
  keep(...consumerIds: string[]): Promise<void>;
}

interface Options {
  /** What is received after the move. */
  readonly consumers?: NotificationData<"media.moved">["consumers"];
  /** The newer transports have not set it up yet. */
  readonly isSlow?: boolean;
}

/** A session with a microphone that receives one of another, and is moved to other transports. */
function test(
  name: string,
  body: (moved: Moved) => Promise<void>,
  { consumers = [consumerOf("b")], isSlow = false }: Options = {},
): void {
  Deno.test(`moved › ${name}`, async () => {
    await using server = startSignalingServer();
    const { media, opened, hasOpened } = startEngine(isSlow ? { slow: 2 } : {});
    const clock = manualClock();
    const local = new Map([["microphone" as const, new FakeTrack("audio")]]);
    const session = join(server.url, { media, clock, local });
    const peer = await server.accept();
    await letIn(peer, { transports: transportsOf("one"), consumers: [consumerOf("a")] });
    await until(session, inPhase("joined"));
    const move = async (count: number, consumers: NotificationData<"media.moved">["consumers"]) => {
      const transports = transportsOf(`${count}`);
      const reason = "the media handler is about to end";
      peer.socket.send(notificationFrame("media.moved", { reason, transports, consumers }));
      await hasOpened(count);
      const newest = opened[count - 1];
      if (newest === undefined) throw new Error("the client was not moved");
      return newest;
    };
    const newer = await move(2, consumers);
    const [former = newer] = opened;
    former.told.length = 0;
    await body({
      moveAgain: (...consumerIds) => move(3, consumerIds.map(consumerOf)),
      former,
      newer,
      shown: () => [...session.state.get().streams.keys()],
      advance: (ms) => clock.advance(ms),
      hasOverlapped: async () => {
        await newer.carrying.send.promise;
        clock.advance(2_000);
      },
      session,
      add: async (consumerId) => {
        const consumer = { ...consumerOf(consumerId), paused: true };
        const data = { added: [consumer], removed: [], changed: [] };
        peer.socket.send(notificationFrame("media.consumers", data));
        await until(session, ({ paused }) => paused.has(consumerId));
      },
      keep: async (...consumerIds) => {
        const kept = consumerIds.map((id) => ({ ...consumerOf(id), paused: true }));
        peer.socket.send(notificationFrame("media.kept", { consumers: kept }));
        await until(session, ({ paused }) => consumerIds.every((id) => paused.has(id)));
      },
    });
    await end(session, peer);
    const closings = opened.map(({ told }) => told.filter((one) => one === "closed").length);
    assertEquals(closings, opened.map(() => 1));
  });
}

test("each direction of the former transports ends once the others carry it", async (moved) => {
  assertEquals([moved.former.told, moved.shown()], [[], ["a"]]);
  moved.newer.carrying.recv.resolve();
  await moved.former.hasTold(1);
  assertEquals([moved.former.told, moved.shown()], [["recv ended"], ["b"]]);
  moved.newer.carrying.send.resolve();
  await moved.hasOverlapped();
  assertEquals(moved.former.told, ["recv ended", "closed"]);
});

test("sending may end before receiving", async (moved) => {
  moved.newer.carrying.send.resolve();
  await moved.hasOverlapped();
  assertEquals([moved.former.told, moved.shown()], [["send ended"], ["a"]]);
});

test("sending goes on over the former for two seconds beside the newer", async (moved) => {
  moved.newer.carrying.send.resolve();
  await moved.newer.carrying.send.promise;
  moved.advance(1_999);
  assertEquals(moved.former.told, []);
  moved.advance(1);
  assertEquals(moved.former.told, ["send ended"]);
});

test("what the others don't carry ends after 10 s", (moved) => {
  moved.advance(9_999);
  assertEquals([moved.former.told, moved.shown()], [[], ["a"]]);
  moved.advance(1);
  assertEquals([moved.former.told, moved.shown()], [["send ended", "closed"], ["b"]]);
  return Promise.resolve();
});

test("what the others carry is waited for until the former transports end", (moved) => {
  const awaited = () => [moved.newer.awaited.send?.aborted, moved.newer.awaited.recv?.aborted];
  assertEquals([moved.former.awaited, awaited()], [{}, [false, false]]);
  moved.advance(10_000);
  assertEquals(awaited(), [true, true]);
  return Promise.resolve();
});

test("a source that is switched off meanwhile is sent over neither", (moved) => {
  moved.session.unpublish("microphone");
  const stopped = [moved.former, moved.newer].map(({ switched }) => switched.at(-1));
  assertEquals(stopped, ["microphone stopped", "microphone stopped"]);
  return Promise.resolve();
});

test("receiving ends at once where nothing is received any more, and sending goes on", (moved) => {
  assertEquals([moved.former.told, moved.shown()], [[], []]);
  return Promise.resolve();
}, { consumers: [] });

test(
  "what is shown goes on where the media is kept meanwhile, and what is not kept doesn't come",
  async (moved) => {
    await moved.keep("b");
    assertEquals(moved.shown(), ["a"]);
    moved.newer.carrying.recv.resolve();
    await moved.former.hasTold(1);
    assertEquals(moved.shown(), ["b"]);
  },
  { consumers: [consumerOf("b"), consumerOf("c")] },
);

test("what the others wait for is sent before what is received is set up", (moved) => {
  assertEquals(moved.newer.told, ["microphone on"]);
  return Promise.resolve();
}, { isSlow: true });

test("a mute while both send holds on both, and the former are told no more once they have ended", async (moved) => {
  moved.session.setPaused("microphone", true);
  assertEquals([moved.former, moved.newer].map(({ switched }) => switched), [
    ["microphone paused"],
    ["microphone paused"],
  ]);
  moved.newer.carrying.send.resolve();
  await moved.hasOverlapped();
  moved.session.setPaused("microphone", false);
  assertEquals([moved.former, moved.newer].map(({ switched }) => switched), [
    ["microphone paused"],
    ["microphone paused", "microphone on"],
  ]);
});

test("of another who was moved the older stream is shown until the newer one plays", async (moved) => {
  moved.newer.carrying.recv.resolve();
  await moved.former.hasTold(1);
  moved.newer.isWaiting = true;
  await moved.add("c");
  assertEquals(moved.shown(), ["b"]);
  moved.newer.tracks.get("c")?.arrive();
  assertEquals(moved.shown(), ["b", "c"]);
});

test("another microphone is heard over both", (moved) => {
  moved.session.publish("microphone", new FakeTrack("audio"));
  assertEquals([moved.former, moved.newer].map(({ switched }) => switched), [
    ["microphone changed"],
    ["microphone changed"],
  ]);
  return Promise.resolve();
}, { isSlow: true });

test("whoever is moved again before the others carry anything goes on with what carries", async (moved) => {
  const newest = await moved.moveAgain("c");
  assertEquals([moved.former.told, moved.newer.told.at(-1), moved.shown()], [[], "closed", ["a"]]);
  // What is switched meanwhile holds on what carries.
  moved.session.setPaused("microphone", true);
  assertEquals([moved.former, newest].map(({ switched }) => switched), [
    ["microphone paused"],
    ["microphone paused"],
  ]);
  newest.carrying.recv.resolve();
  await moved.former.hasTold(1);
  assertEquals([moved.former.told, moved.shown()], [["recv ended"], ["c"]]);
});

test("whoever is moved again goes on sending over what had come to send, and receiving over what still does", async (moved) => {
  moved.newer.carrying.send.resolve();
  await moved.newer.carrying.send.promise;
  const newest = await moved.moveAgain("c");
  assertEquals([moved.former.told, moved.newer.told.at(-1), moved.shown()], [["send ended"], "recv ended", [
    "a",
  ]]);
  moved.session.setPaused("microphone", true);
  assertEquals([moved.former, moved.newer, newest].map(({ switched }) => switched), [
    [],
    ["microphone paused"],
    ["microphone paused"],
  ]);
  newest.carrying.recv.resolve();
  await moved.former.hasTold(2);
  assertEquals([moved.former.told.at(-1), moved.shown()], ["closed", ["c"]]);
});

test("being moved again lends the oldest transports no more time than the server keeps them", async (moved) => {
  moved.advance(9_000);
  await moved.moveAgain("c");
  moved.advance(999);
  assertEquals([moved.former.told, moved.shown()], [[], ["a"]]);
  moved.advance(1);
  assertEquals([moved.former.told, moved.shown()], [["send ended", "closed"], ["c"]]);
});
