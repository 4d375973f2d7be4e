import { assertEquals } from "@std/assert";
import { Device } from "mediasoup-client";
import * as fakeParameters from "mediasoup-client/fakeParameters";
import { FakeHandler } from "mediasoup-client/handlers/FakeHandler";
import { createReceiver } from "../../shared/client/media/receiver.ts";
import { rtpParameters } from "../../shared/protocol/rtp.ts";
import type { Consumer } from "../../shared/protocol/signaling.ts";
import { manualClock } from "../manual_clock.ts";

/** A receiver over mediasoup-client's own transport, without a browser. Each round of descriptions lasts until `next`. */
async function startReceiver() {
  const device = new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters) });
  await device.load({ routerRtpCapabilities: fakeParameters.generateRouterRtpCapabilities() });
  const transport = device.createRecvTransport(fakeParameters.generateTransportRemoteParameters());
  transport.on("connect", (_parameters, callback) => callback());
  const clock = manualClock();
  /** What each round set up, and what each closed. */
  const rounds: string[][] = [];
  const closed: string[][] = [];
  const { handler } = transport;
  const { receive, stopReceiving } = handler;
  let begun = Promise.withResolvers<void>();
  let over = Promise.withResolvers<void>();
  handler.receive = async (consumers) => {
    rounds.push(consumers.map(({ trackId }) => trackId));
    begun.resolve();
    await over.promise;
    return await receive.call(handler, consumers);
  };
  const { promise: hasClosed, resolve: closes } = Promise.withResolvers<void>();
  handler.stopReceiving = (localIds) => {
    closed.push(localIds);
    closes();
    return stopReceiving.call(handler, localIds);
  };
  const tracks = new Map<string, MediaStreamTrack>();
  const receiver = createReceiver(transport, {
    clock,
    // Of what is asked for the receiver takes no answer.
    ask: () => new Promise(() => {}),
    onTracks(arrived) {
      for (const { consumer, track } of arrived) tracks.set(consumer.consumer_id, track);
    },
    onBroken() {
      throw new Error("the transport is broken");
    },
  });
  return {
    receiver,
    transport,
    clock,
    rounds,
    closed,
    hasClosed,
    tracks,
    /** Resolves once a round has begun. */
    hasBegun: () => begun.promise,
    /** Ends the round that is under way. */
    end() {
      over.resolve();
      begun = Promise.withResolvers();
      over = Promise.withResolvers();
    },
  };
}

function consumerOf(id: string, codec: "audio/opus" | "video/VP8" = "audio/opus"): Consumer {
  const made = fakeParameters.generateConsumerRemoteParameters({ id, codecMimeType: codec });
  return {
    consumer_id: id,
    producer_id: `producer of ${id}`,
    participant_id: "p-1",
    source: codec === "audio/opus" ? "microphone" : "camera",
    kind: codec === "audio/opus" ? "audio" : "video",
    paused: false,
    rtp_parameters: rtpParameters.parse(made.rtpParameters),
  };
}

Deno.test("receiver › what comes during a round of descriptions, and in a rest as long, is one more round", async () => {
  const { receiver, transport, clock, rounds, hasBegun, end } = await startReceiver();
  const first = receiver.receive([consumerOf("a")]);
  await hasBegun();
  const second = receiver.receive([consumerOf("b")]);
  clock.advance(80);
  end();
  await first;
  await clock.until(80);
  clock.advance(79);
  const third = receiver.receive([consumerOf("c")]);
  assertEquals(rounds, [["a"]]);
  clock.advance(1);
  await hasBegun();
  end();
  await Promise.all([second, third]);
  assertEquals(rounds, [["a"], ["b", "c"]]);
  transport.close();
});

Deno.test("receiver › it rests no longer than 250 ms", async () => {
  const { receiver, transport, clock, rounds, hasBegun, end } = await startReceiver();
  const first = receiver.receive([consumerOf("a")]);
  await hasBegun();
  clock.advance(5_000);
  end();
  await first;
  await clock.until(250);
  void receiver.receive([consumerOf("b")]);
  clock.advance(250);
  await hasBegun();
  assertEquals(rounds, [["a"], ["b"]]);
  transport.close();
});

Deno.test("receiver › a consumer that is removed before its round is never set up", async () => {
  const { receiver, transport, clock, rounds, hasBegun, end } = await startReceiver();
  const first = receiver.receive([consumerOf("a")]);
  await hasBegun();
  const second = receiver.receive([consumerOf("b"), consumerOf("c")]);
  receiver.drop(["b"]);
  end();
  await first;
  clock.advance(0);
  await hasBegun();
  end();
  await second;
  assertEquals(rounds, [["a"], ["c"]]);
  const third = receiver.receive([consumerOf("d")]);
  receiver.drop(["d"]);
  clock.advance(0);
  await third;
  assertEquals(rounds, [["a"], ["c"]]);
  transport.close();
});

Deno.test("receiver › of a consumer that is removed while it is set up nothing stays, also where it comes again", async () => {
  const { receiver, transport, clock, rounds, tracks, hasBegun, end } = await startReceiver();
  const first = receiver.receive([consumerOf("a")]);
  await hasBegun();
  receiver.drop(["a"]);
  end();
  await first;
  const again = receiver.receive([consumerOf("a")]);
  assertEquals(await receiver.received(), [], "nothing of it plays before its own round");
  clock.advance(0);
  await hasBegun();
  end();
  await again;
  assertEquals(rounds, [["a"], ["a"]]);
  assertEquals(await receiver.received(), [{ consumer_id: "a", packets: 0 }]);
  assertEquals(tracks.get("a")?.readyState, "live");
  transport.close();
});

Deno.test("receiver › consumers that are removed stop playing at once, and are closed together later", async () => {
  const { receiver, transport, clock, closed, hasClosed, tracks, hasBegun, end } = await startReceiver();
  const set = receiver.receive([consumerOf("a"), consumerOf("b"), consumerOf("c")]);
  await hasBegun();
  end();
  await set;
  receiver.drop(["a"]);
  await clock.until(2_000);
  clock.advance(1_999);
  receiver.drop(["b"]);
  // mediasoup-client closes a moment later.
  await new Promise((resolve) => setTimeout(resolve));
  const states = [...tracks].map(([id, { readyState }]) => [id, readyState]);
  assertEquals(states, [["a", "ended"], ["b", "ended"], ["c", "live"]]);
  assertEquals(closed, []);
  clock.advance(1);
  await hasClosed;
  assertEquals(closed.map((ids) => ids.length), [2]);
  transport.close();
});

Deno.test("receiver › the probation of the bandwidth goes along with the next consumers", async () => {
  const { receiver, transport, clock, rounds, hasBegun, end } = await startReceiver();
  const first = receiver.receive([consumerOf("a", "video/VP8")]);
  await hasBegun();
  end();
  await first;
  const second = receiver.receive([consumerOf("b")]);
  clock.advance(0);
  await hasBegun();
  end();
  await second;
  clock.advance(10_000);
  assertEquals(rounds, [["a"], ["b", "probator"]]);
  transport.close();
});

Deno.test("receiver › the probation of the bandwidth goes on its own with the first picture, or half a second later", async () => {
  for (const isSeen of [true, false]) {
    const { receiver, transport, clock, rounds, tracks, hasBegun, end } = await startReceiver();
    const first = receiver.receive([consumerOf("a", "video/VP8")]);
    await hasBegun();
    end();
    await first;
    clock.advance(499);
    assertEquals(rounds, [["a"]]);
    if (isSeen) tracks.get("a")?.dispatchEvent(new Event("unmute"));
    else clock.advance(1);
    await hasBegun();
    end();
    assertEquals(rounds, [["a"], ["probator"]]);
    transport.close();
  }
});
