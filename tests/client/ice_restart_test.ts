import { assertEquals } from "@std/assert";
import { Device, type types } from "mediasoup-client";
import * as fakeParameters from "mediasoup-client/fakeParameters";
import { FakeHandler } from "mediasoup-client/handlers/FakeHandler";
import { createMediaEngine } from "../../shared/client/media/engine.ts";
import type { Ask } from "../../shared/client/media/media_transports.ts";
import { manualClock } from "../manual_clock.ts";
import { transportsOf } from "./noted_transports.ts";

/** The receiving transport of an engine over mediasoup-client's own device, without a browser. */
async function startReceiving() {
  const device = new Device({ handlerFactory: FakeHandler.createFactory(fakeParameters) });
  await device.load({ routerRtpCapabilities: fakeParameters.generateRouterRtpCapabilities() });
  const made: types.Transport[] = [];
  device.observer.on("newtransport", (transport) => made.push(transport));
  const told: string[] = [];
  let credential = "first";
  const ask: Ask = (type) => {
    told.push(type);
    const value = { ice_parameters: fakeParameters.generateTransportRemoteParameters().iceParameters };
    // The answer to the one request that is asked here.
    return Promise.resolve({ ok: true, value } as Awaited<ReturnType<typeof ask<typeof type>>>);
  };
  const media = createMediaEngine(device).open({
    transports: transportsOf("one"),
    iceServers: () => [{ urls: ["turn:localhost"], username: "ada", credential }],
    clock: manualClock(),
    ask,
    onTracks() {},
    onPath() {},
    onBroken: () => told.push("broken"),
    onSendFailure() {},
  });
  const recv = made.find(({ direction }) => direction === "recv");
  if (recv === undefined) throw new Error("no receiving transport was made");
  const { handler } = recv;
  const restartIce = recv.restartIce.bind(recv);
  let restarted = Promise.withResolvers<void>();
  handler.updateIceServers = (servers) => {
    told.push(`credential ${servers.map((one) => one.credential)}`);
    return Promise.resolve();
  };
  recv.restartIce = (parameters) => {
    told.push("restart");
    const done = restartIce(parameters);
    done.then(restarted.resolve);
    return done;
  };
  return {
    media,
    told,
    refuseServers: () => handler.updateIceServers = () => Promise.reject(new Error("not supported")),
    renew: (newest: string) => credential = newest,
    become: (state: types.ConnectionState) => handler.emit("@connectionstatechange", state),
    /** Loses the path; resolves once ICE was restarted. */
    async lose(state: "failed" | "disconnected") {
      restarted = Promise.withResolvers();
      handler.emit("@connectionstatechange", state);
      await restarted.promise;
    },
  };
}

const restart = (credential: string) => ["media.restart_ice", `credential ${credential}`, "restart"];

Deno.test("ICE restart › it takes the newest TURN credentials", async () => {
  const { media, told, renew, lose } = await startReceiving();
  renew("second");
  await lose("disconnected");
  assertEquals(told, restart("second"));
  media.close();
});

Deno.test("ICE restart › it goes on in a browser that can't change the TURN credentials, as Firefox", async () => {
  const { media, told, refuseServers, lose } = await startReceiving();
  refuseServers();
  await lose("failed");
  assertEquals(told, ["media.restart_ice", "restart"]);
  media.close();
});

for (const state of ["disconnected", "failed"] as const) {
  Deno.test(`ICE restart › one of a ${state} transport that finds no path either leaves it broken`, async () => {
    const { media, told, become, lose } = await startReceiving();
    await lose(state);
    become("connecting");
    become("failed");
    assertEquals(told, [...restart("first"), "broken"]);
    media.close();
  });
}

Deno.test("ICE restart › after one that found a path the next failure is repaired in the same way", async () => {
  const { media, told, become, lose } = await startReceiving();
  await lose("failed");
  become("connecting");
  become("connected");
  await lose("failed");
  assertEquals(told, [...restart("first"), ...restart("first")]);
  media.close();
});
