import { assertEquals } from "@std/assert";
import { Device } from "mediasoup-client";
import * as fakeParameters from "mediasoup-client/fakeParameters";
import { FakeHandler } from "mediasoup-client/handlers/FakeHandler";
import { fail } from "../../shared/actor/result.ts";
import { createMediaEngine } from "../../shared/client/media/engine.ts";
import type { Ask } from "../../shared/client/media/media_transports.ts";
import { FakeTrack } from "../global/web/fake_capture.ts";
import { manualClock } from "../manual_clock.ts";
import { transportsOf } from "./noted_transports.ts";

/** A microphone that is sent. The server knows of it only while `isKnown` says so. */
async function startSending() {
  const device = new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters) });
  await device.load({ routerRtpCapabilities: fakeParameters.generateRouterRtpCapabilities() });
  const server = { isKnown: true };
  const asked: string[] = [];
  let heard = Promise.withResolvers<void>();
  const ask: Ask = (type) => {
    if (type !== "media.connect") asked.push(type);
    heard.resolve();
    const isLost = !server.isKnown && type !== "media.produce";
    const answer = isLost
      ? { ok: false, error: fail("NOT_FOUND", "No.") }
      : { ok: true, value: { producer_id: "producer-1" } };
    return Promise.resolve(answer as Awaited<ReturnType<typeof ask<typeof type>>>);
  };
  const media = createMediaEngine(device).open({
    transports: transportsOf("one"),
    iceServers: () => [],
    clock: manualClock(),
    ask,
    onTracks() {},
    onPath() {},
    onBroken() {},
    onSendFailure() {},
  });
  /** Resolves once so much was asked. */
  async function hasAsked(count: number): Promise<void> {
    while (asked.length < count) {
      await heard.promise;
      heard = Promise.withResolvers();
    }
  }
  media.send("microphone", new FakeTrack("audio"), false);
  await hasAsked(1);
  return { media, server, asked, hasAsked };
}

Deno.test("told again › a mute that the server could not take is told once more where the media goes on", async () => {
  const { media, server, asked, hasAsked } = await startSending();
  server.isKnown = false;
  media.setPaused("microphone", true);
  await hasAsked(2);
  // Its answer is heard.
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  server.isKnown = true;
  await media.goOn([]);
  await hasAsked(3);
  media.setPaused("microphone", false);
  await hasAsked(4);
  await media.goOn([]);
  assertEquals(asked, ["media.produce", "media.pause", "media.pause", "media.resume"]);
  media.close();
});
