import { signal } from "@preact/signals";
import { assert, assertEquals } from "@std/assert";
import type { DeviceState } from "../../../global/web/devices.ts";
import { forgetSeat, keepSeat, type KeptSeat, seatIn } from "../../../global/web/seat/kept_seat.ts";
import { createSeatKeeper } from "../../../global/web/seat/seat_keeper.ts";
import { lockSeat } from "../../../global/web/seat/seat_lock.ts";
import { takeSeat } from "../../../global/web/seat/take_seat.ts";
import { initialState, type SessionState } from "../../../shared/client/session_state.ts";
import { createStore } from "../../../shared/client/store.ts";
import { person } from "../../client/samples.ts";
import { FakeTrack } from "./fake_capture.ts";

const binding = { correlation_id: "correlation-1", binding_token: "binding-token-number-1" };

const seat: KeptSeat = {
  code: "abc",
  binding,
  token: "token",
  isGuest: true,
  name: "Ada",
  on: { microphone: true, camera: false },
  atMs: 1_000,
};

/** A session of somebody who entered as Ada, with the microphone on and the camera off. */
function sitting({ participants = [person("me", { display_name: "Ada" })] } = {}) {
  const [microphone, camera] = [new FakeTrack("audio"), new FakeTrack("video")];
  const state = createStore<SessionState>({
    ...initialState,
    phase: "joined",
    selfId: "me",
    participants,
    local: new Map([
      ["microphone", { track: microphone, paused: false }],
      ["camera", { track: camera, paused: true }],
    ]),
  });
  const devices = createStore<DeviceState>({
    microphone,
    camera,
    cameras: [],
    microphones: [],
    loudspeakers: [],
    unnamed: [],
    chosen: {},
    opening: new Set(),
  });
  return createSeatKeeper({
    session: { state, seat: () => ({ binding, token: "token" }) },
    devices: { state: devices },
    seenId: signal("message-7"),
    code: "abc",
    isGuest: true,
    name: "Ada",
  });
}

/** Waits until the seat is written, which it is under its lock alone. */
async function written(): Promise<KeptSeat> {
  for (;;) {
    const found = seatIn("abc", Date.now());
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

Deno.test("seat › it is good for 30 s and for its meeting, and what isn't one is none", () => {
  assert(keepSeat(seat));
  assertEquals(seatIn("abc", 30_900), seat);
  assertEquals([seatIn("abc", 31_000), seatIn("abc", -30_000), seatIn("other", 1_000)], [
    undefined,
    undefined,
    undefined,
  ]);
  for (const text of ["", "{}", "not JSON", JSON.stringify({ ...seat, on: true })]) {
    sessionStorage.setItem("dark-tower-seat", text);
    assertEquals(seatIn("abc", 1_000), undefined);
  }
  forgetSeat();
});

Deno.test("seat › one that another page uses is not taken, and its copy is forgotten", async () => {
  const other = await lockSeat({ code: "abc", correlationId: binding.correlation_id }, 100);
  assert(other);
  keepSeat({ ...seat, atMs: Date.now() });
  assertEquals(await takeSeat("abc"), undefined);
  assertEquals(seatIn("abc", Date.now()), undefined);
  other.release();
});

Deno.test("seat › the page that goes hands it over, and the next one has it with its lock", async () => {
  const before = sitting();
  await written();
  assert(before.handOver());
  const taken = await takeSeat("abc");
  assertEquals(
    [taken?.seat.name, taken?.seat.on, taken?.seat.seenId],
    ["Ada", { microphone: true, camera: false }, "message-7"],
  );
  assertEquals(await lockSeat({ code: "abc", correlationId: binding.correlation_id }, 50), undefined);
  taken?.lock.release();
  forgetSeat();
});

for (
  const [which, participants, name] of [
    ["in the waiting room is the one they entered with", [], "Ada"],
    ["in the meeting is the one that the others see", [person("me", { display_name: "Ada L." })], "Ada L."],
  ] as const
) {
  Deno.test(`seat › the name of somebody ${which}`, async () => {
    const keeper = sitting({ participants: [...participants] });
    assertEquals((await written()).name, name);
    keeper.drop();
  });
}

Deno.test("seat › whoever leaves for good has none any more, and its lock is free", async () => {
  const keeper = sitting();
  await written();
  keeper.drop();
  assertEquals(seatIn("abc", Date.now()), undefined);
  assertEquals(keeper.handOver(), false);
  const free = await lockSeat({ code: "abc", correlationId: binding.correlation_id }, 1_000);
  assert(free);
  free.release();
});
