import { assert, assertEquals } from "@std/assert";
import { createDevices } from "../../../global/web/devices.ts";
import { createPreparation } from "../../../global/web/lobby/preparation.ts";
import { createMediaControls } from "../../../global/web/meeting/media_controls.ts";
import { initialState } from "../../../shared/client/session_state.ts";
import { createStore } from "../../../shared/client/store.ts";
import { ticketTo } from "../../client/samples.ts";
import { manualClock } from "../../manual_clock.ts";
import { fakeCapture } from "./fake_capture.ts";

const ticket = { ok: true, value: ticketTo("ws://localhost/") } as const;

Deno.test("without media › where the browser has no WebRTC, one is ready to join, and why is said", async () => {
  assertEquals(typeof RTCPeerConnection, "undefined");
  const preparation = createPreparation(
    { renewTicket: () => Promise.resolve(ticket) },
    "abc-def",
    manualClock(),
  );
  const prepared = await preparation.start(() => Promise.resolve(ticket));
  preparation.stop();
  assert(prepared.ok);
  assertEquals(prepared.value.ticket(), ticket.value);
  assertEquals(prepared.value.engine, undefined);
  assertEquals(
    prepared.value.problem,
    "Sound and pictures don't work in this browser: its WebRTC is switched off, as Lockdown Mode and Tor do. " +
      "Switch it on, or use another browser.",
  );
  assertEquals(preparation.ready(), prepared.value);
});

Deno.test("without media › nothing can be switched on, and each button says why", async () => {
  const { media, prompts } = fakeCapture();
  const session = { state: createStore(initialState), setPaused() {} };
  const controls = createMediaControls(session, createDevices(media), "No media here.");
  assertEquals(await controls.toggle("microphone"), "No media here.");
  assertEquals(await controls.switchOn("camera"), "No media here.");
  assertEquals(await controls.toggleScreen(), "No media here.");
  assertEquals(prompts.length, 0);
});
