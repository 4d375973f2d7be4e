import { assertEquals } from "@std/assert";
import { Device } from "mediasoup-client";
import * as fakeParameters from "mediasoup-client/fakeParameters";
import { FakeHandler } from "mediasoup-client/handlers/FakeHandler";
import { fail } from "../../shared/actor/result.ts";
import { createLastingAsk } from "../../shared/client/media/lasting_ask.ts";
import type { Ask } from "../../shared/client/media/media_transports.ts";
import { createSender } from "../../shared/client/media/sender.ts";
import type { RequestData, RequestType, SignalingErrorCode } from "../../shared/protocol/signaling.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { manualClock } from "../manual_clock.ts";

interface Asked {
  type: RequestType;
  data: RequestData<RequestType>;
}

/** What becomes of the first requests to produce, and of the first others; those after them are taken. */
interface Faults {
  /** Each is not answered in time, which is over then. */
  readonly timeouts?: Promise<void>[];
  readonly lateProduces?: Promise<void>[];
  readonly refusals?: SignalingErrorCode[];
  readonly refusedProduces?: SignalingErrorCode[];
}

/** A sender over mediasoup-client's own transport, without a browser; `next` is what it asks the server next. */
async function startSender(
  { timeouts = [], lateProduces = [], refusals = [], refusedProduces = [] }: Faults = {},
) {
  const device = new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters) });
  await device.load({ routerRtpCapabilities: fakeParameters.generateRouterRtpCapabilities() });
  const remote = fakeParameters.generateTransportRemoteParameters();
  const transport = device.createSendTransport(remote);
  transport.on("connect", (_parameters, callback) => callback());
  const clock = manualClock();
  const asked: Asked[] = [];
  let heard = Promise.withResolvers<void>();
  const failures: string[] = [];
  const broken = Promise.withResolvers<void>();
  const { promise: failed, resolve: fails } = Promise.withResolvers<string>();
  const ask: Ask = async (type, data) => {
    asked.push({ type, data });
    heard.resolve();
    const isProduce = type === "media.produce";
    const timeout = (isProduce ? lateProduces : timeouts).shift();
    if (timeout !== undefined) {
      await timeout;
      return { ok: false, error: fail("TIMEOUT", "No.") };
    }
    const refusal = (isProduce ? refusedProduces : refusals).shift();
    if (refusal !== undefined) return { ok: false, error: fail(refusal, "Not now.") };
    const value = isProduce ? { producer_id: "producer-1" } : {};
    // The answer to each of these requests is one of the two.
    return { ok: true, value } as Awaited<ReturnType<typeof ask<typeof type>>>;
  };
  const sender = createSender(transport, {
    ...createLastingAsk(ask, clock),
    clock,
    onBroken: broken.resolve,
    onSendFailure: (_source, { code }) => {
      failures.push(code);
      fails(code);
    },
  });
  async function next(): Promise<Asked> {
    for (let first = asked.shift();; first = asked.shift()) {
      if (first !== undefined) return first;
      await heard.promise;
      heard = Promise.withResolvers();
    }
  }
  return { sender, transport, clock, asked, next, failures, failed, broken: broken.promise };
}

function pausedIn({ data }: Asked): boolean | undefined {
  return "source" in data && "paused" in data ? data.paused : undefined;
}

Deno.test("sender › a muted microphone is born paused, at the server and in the browser", async () => {
  const { sender, transport, next, failures } = await startSender();
  const track = new FakeTrack("audio");
  sender.send("microphone", track, true);
  const produced = await next();
  assertEquals([produced.type, pausedIn(produced), track.enabled], ["media.produce", true, false]);
  sender.setPaused("microphone", false);
  assertEquals<unknown>(await next(), { type: "media.resume", data: { producer_id: "producer-1" } });
  assertEquals([track.enabled, failures], [true, []]);
  transport.close();
});

Deno.test("sender › a source is sent also where the browser makes no UUIDs, as in a page over http", async () => {
  const track = new FakeTrack("audio");
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    const { sender, transport, next, failures } = await startSender();
    sender.send("microphone", track, false);
    assertEquals([(await next()).type, failures], ["media.produce", []]);
    transport.close();
  } finally {
    Reflect.deleteProperty(crypto, "randomUUID");
  }
});

Deno.test("sender › what is sent in one go is asked for in one go", async () => {
  const { sender, transport, asked, next } = await startSender();
  const { handler } = transport;
  const send = handler.send.bind(handler);
  const begun = Promise.withResolvers<void>();
  const described = Promise.withResolvers<void>();
  handler.send = async (options) => {
    if (options.track.kind === "video") {
      begun.resolve();
      await described.promise;
    }
    return await send(options);
  };
  sender.send("microphone", new FakeTrack("audio"), false);
  sender.send("camera", new FakeTrack("video"), false);
  await begun.promise;
  assertEquals(asked, []);
  described.resolve();
  const sources = [await next(), await next()].map(({ data }) => "source" in data && data.source);
  assertEquals(sources, ["microphone", "camera"]);
  transport.close();
});

Deno.test("sender › a source that the browser can't describe holds no other back", async () => {
  const { sender, transport, next, failed } = await startSender();
  const { handler } = transport;
  const send = handler.send.bind(handler);
  handler.send = (options) =>
    options.track.kind === "video" ? Promise.reject(new Error("No.")) : send(options);
  sender.send("microphone", new FakeTrack("audio"), false);
  sender.send("camera", new FakeTrack("video"), false);
  assertEquals(await failed, "SEND_FAILED");
  assertEquals((await next()).type, "media.produce");
  transport.close();
});

Deno.test("sender › a mute disables the track at once, and is told", async () => {
  const { sender, transport, next } = await startSender();
  const track = new FakeTrack("audio");
  sender.send("microphone", track, false);
  assertEquals((await next()).type, "media.produce");
  sender.setPaused("microphone", true);
  assertEquals(track.enabled, false);
  assertEquals<unknown>(await next(), { type: "media.pause", data: { producer_id: "producer-1" } });
  transport.close();
});

Deno.test("sender › another device is as mute as the one before it from the start, and is heard where that was", async () => {
  const { sender, transport, next } = await startSender();
  sender.send("microphone", new FakeTrack("audio"), true);
  await next();
  const [other, third] = [new FakeTrack("audio"), new FakeTrack("audio")];
  sender.replaceTrack("microphone", other);
  assertEquals(other.enabled, false);
  sender.setPaused("microphone", false);
  third.enabled = false;
  sender.replaceTrack("microphone", third);
  assertEquals([other.enabled, third.enabled], [true, true]);
  transport.close();
});

Deno.test("sender › the server is told last of what was switched last, also after one that wasn't answered in time", async () => {
  const { promise: timeout, resolve: timesOut } = Promise.withResolvers<void>();
  const { sender, transport, asked, next } = await startSender({ timeouts: [timeout] });
  sender.send("microphone", new FakeTrack("audio"), false);
  assertEquals((await next()).type, "media.produce");
  sender.setPaused("microphone", true);
  assertEquals((await next()).type, "media.pause");
  sender.setPaused("microphone", false);
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(asked, []);
  timesOut();
  assertEquals((await next()).type, "media.resume");
  sender.setPaused("microphone", true);
  assertEquals((await next()).type, "media.pause");
  sender.stop("microphone");
  assertEquals((await next()).type, "media.close");
  transport.close();
});

Deno.test("sender › a source that can't be taken at the moment is asked for again, as it is switched then", async () => {
  const refusedProduces: SignalingErrorCode[] = ["HANDLER_UNAVAILABLE", "RATE_LIMITED", "OVERLOADED"];
  const { sender, transport, clock, next, failures } = await startSender({ refusedProduces });
  sender.send("microphone", new FakeTrack("audio"), false);
  assertEquals(pausedIn(await next()), undefined);
  sender.setPaused("microphone", true);
  for (const pauseMs of [500, 1_000, 2_000]) {
    await clock.until(pauseMs);
    clock.advance(pauseMs);
    const produced = await next();
    assertEquals([produced.type, pausedIn(produced)], ["media.produce", true]);
  }
  assertEquals<unknown>(await next(), { type: "media.pause", data: { producer_id: "producer-1" } });
  assertEquals(failures, []);
  transport.close();
});

Deno.test("sender › a source that is switched off while it can't be taken is not asked for again", async () => {
  const { sender, transport, clock, next, asked } = await startSender({
    refusedProduces: ["HANDLER_UNAVAILABLE"],
  });
  sender.send("camera", new FakeTrack("video"), false);
  assertEquals((await next()).type, "media.produce");
  await clock.until(500);
  sender.stop("camera");
  clock.advance(500);
  sender.send("microphone", new FakeTrack("audio"), false);
  const produced = await next();
  assertEquals(["source" in produced.data && produced.data.source, asked], ["microphone", []]);
  transport.close();
});

Deno.test("sender › a source whose transport the server doesn't have waits for others, and calls for them after a while", async () => {
  const pauses = [500, 1_000, 2_000, 4_000];
  const refusedProduces: SignalingErrorCode[] = ["NOT_FOUND", ...pauses.map(() => "NOT_FOUND" as const)];
  const { sender, transport, clock, next, broken, failures } = await startSender({ refusedProduces });
  sender.send("camera", new FakeTrack("video"), false);
  for (const pauseMs of pauses) {
    assertEquals((await next()).type, "media.produce");
    await clock.until(pauseMs);
    clock.advance(pauseMs);
  }
  await broken;
  assertEquals(failures, []);
  transport.close();
});

for (const isSentAnew of [true, false]) {
  const name = isSentAnew
    ? "that was sent anew is not asked for as it was before, which would take the newer one's place"
    : "that was switched off is asked for its id, by which it is closed";
  Deno.test(`sender › once it wasn't answered in time, a source ${name}`, async () => {
    const { promise: late, resolve: timesOut } = Promise.withResolvers<void>();
    const { sender, transport, next } = await startSender({ lateProduces: [late] });
    sender.send("camera", new FakeTrack("video"), false);
    assertEquals((await next()).type, "media.produce");
    sender.stop("camera");
    if (isSentAnew) {
      sender.send("camera", new FakeTrack("video"), false);
      assertEquals((await next()).type, "media.produce");
    }
    timesOut();
    await late;
    sender.setPaused("camera", true);
    assertEquals((await next()).type, isSentAnew ? "media.pause" : "media.produce");
    sender.stop("camera");
    assertEquals((await next()).type, "media.close");
    transport.close();
  });
}

Deno.test("sender › a source that is refused for good is given up", async () => {
  const { sender, transport, next, failed } = await startSender({ refusedProduces: ["FORBIDDEN"] });
  const track = new FakeTrack("audio");
  sender.send("microphone", track, false);
  assertEquals((await next()).type, "media.produce");
  assertEquals(await failed, "FORBIDDEN");
  sender.send("microphone", track, false);
  assertEquals((await next()).type, "media.produce");
  transport.close();
});

Deno.test("sender › a source that is sent already is not produced again", async () => {
  const { sender, transport, next } = await startSender();
  const track = new FakeTrack("audio");
  sender.send("microphone", track, false);
  assertEquals((await next()).type, "media.produce");
  sender.send("microphone", track, false);
  sender.setPaused("microphone", true);
  assertEquals((await next()).type, "media.pause");
  transport.close();
});

Deno.test("sender › a source that is on says nothing of a pause, also after a link that left its track disabled", async () => {
  const { sender, transport, next } = await startSender();
  const track = new FakeTrack("audio");
  track.enabled = false;
  sender.send("microphone", track, false);
  const produced = await next();
  assertEquals([produced.type, "paused" in produced.data, track.enabled], ["media.produce", false, true]);
  transport.close();
});

Deno.test("sender › one that is stopped and sent anew while it is described is asked for once, and switched by its own id", async () => {
  const { sender, transport, next, failures } = await startSender();
  const { handler } = transport;
  const send = handler.send.bind(handler);
  const described = new Map<string, unknown>();
  handler.send = async (options) => {
    const made = await send(options);
    described.set(options.track.id, made.rtpParameters.mid);
    return made;
  };
  const newer = new FakeTrack("video");
  sender.send("screen", new FakeTrack("video"), false);
  sender.stop("screen");
  sender.send("screen", newer, false);
  const { type, data } = await next();
  assertEquals([type, "rtp_parameters" in data && data.rtp_parameters.mid], [
    "media.produce",
    described.get(newer.id),
  ]);
  sender.setPaused("screen", true);
  assertEquals<unknown>(await next(), { type: "media.pause", data: { producer_id: "producer-1" } });
  sender.stop("screen");
  assertEquals<unknown>(await next(), { type: "media.close", data: { producer_id: "producer-1" } });
  assertEquals(failures, []);
  transport.close();
});

Deno.test("sender › packets of a source that sends none are looked for until nobody waits any more", async () => {
  const { sender, transport, clock, next } = await startSender();
  sender.send("microphone", new FakeTrack("audio"), false);
  await next();
  const waiting = new AbortController();
  let isOver = false;
  const over = sender.hasSent(waiting.signal).then(() => void (isOver = true));
  for (let look = 0; look < 3; look++) {
    await clock.until(100);
    clock.advance(100);
  }
  await clock.until(100);
  assertEquals(isOver, false);
  waiting.abort();
  clock.advance(100);
  await over;
  transport.close();
});

Deno.test("sender › no packets are waited for of a source that is paused", async () => {
  const { sender, transport, next } = await startSender();
  sender.send("microphone", new FakeTrack("audio"), true);
  await next();
  await sender.hasSent(new AbortController().signal);
  transport.close();
});
