import { assertEquals } from "@std/assert";
import { createLocalTracks } from "../../../global/web/local_tracks.ts";
import { fakeCapture, type FakeTrack } from "./fake_capture.ts";

function setUp() {
  const { media, prompt, prompts } = fakeCapture();
  const tracks = createLocalTracks(media);
  return {
    tracks,
    prompt,
    prompts,
    live: () => [...tracks.state.get().live.keys()],
    asked: () => [...tracks.state.get().asked],
    lost: () => [...tracks.state.get().lost],
  };
}

const states = (tracks: readonly FakeTrack[]) => tracks.map(({ readyState }) => readyState);
const camera = new Map([["camera", {}]] as const);
const both = new Map([["microphone", {}], ["camera", {}]] as const);

Deno.test("local tracks › closing stops camera, microphone, screen and the screen's sound", async () => {
  const { tracks, prompt, live } = setUp();
  const devices = tracks.openDevices(both);
  const screen = tracks.openScreen();
  const given = [...await prompt(0).allow(), ...await prompt(1).allow()];
  assertEquals([(await devices).kind, (await screen).kind], ["opened", "opened"]);
  assertEquals(live().toSorted(), ["camera", "microphone", "screen", "screen_audio"]);
  assertEquals(states(given), ["live", "live", "live", "live"]);
  tracks.close();
  assertEquals(states(given), ["ended", "ended", "ended", "ended"]);
  assertEquals(live(), []);
});

Deno.test("local tracks › what a prompt or a chooser brings after the close is stopped at once", async () => {
  const { tracks, prompt, live, asked } = setUp();
  const devices = tracks.openDevices(both);
  const screen = tracks.openScreen();
  tracks.close();
  assertEquals(asked(), []);
  const given = [...await prompt(0).allow(), ...await prompt(1).allow()];
  assertEquals([(await devices).kind, (await screen).kind], ["unwanted", "unwanted"]);
  assertEquals(states(given), ["ended", "ended", "ended", "ended"]);
  assertEquals(live(), []);
});

Deno.test("local tracks › after the close nothing is asked for", async () => {
  const { tracks, prompts } = setUp();
  tracks.close();
  assertEquals([(await tracks.openDevices(both)).kind, (await tracks.openScreen()).kind], [
    "unwanted",
    "unwanted",
  ]);
  assertEquals(prompts, []);
});

Deno.test("local tracks › of one prompt for both, the one switched off meanwhile stays off", async () => {
  const { tracks, prompt, live, asked } = setUp();
  const opening = tracks.openDevices(both);
  assertEquals(asked().toSorted(), ["camera", "microphone"]);
  tracks.stop("camera");
  assertEquals(asked(), ["microphone"]);
  const given = await prompt(0).allow("audio", "video");
  assertEquals((await opening).kind, "opened");
  assertEquals(states(given), ["live", "ended"]);
  assertEquals([live(), asked()], [["microphone"], []]);
});

Deno.test("local tracks › of two prompts for one source the newer counts, in whichever order they are answered", async () => {
  for (const order of [[0, 1], [1, 0]]) {
    const { tracks, prompt } = setUp();
    const openings = [tracks.openDevices(camera), tracks.openDevices(camera)];
    const given = new Map<number, FakeTrack[]>();
    for (const index of order) given.set(index, await prompt(index).allow());
    assertEquals((await Promise.all(openings)).map(({ kind }) => kind), ["unwanted", "opened"]);
    assertEquals(states([...given.get(0) ?? [], ...given.get(1) ?? []]), ["ended", "live"]);
    assertEquals(tracks.state.get().live.get("camera"), given.get(1)?.[0]);
  }
});

Deno.test("local tracks › a device switched off and on again while its prompt is open waits for the second prompt", async () => {
  const { tracks, prompt, live } = setUp();
  const first = tracks.openDevices(camera);
  tracks.stop("camera");
  const second = tracks.openDevices(camera);
  const late = await prompt(0).allow();
  assertEquals([(await first).kind, states(late), live()], ["unwanted", ["ended"], []]);
  const given = await prompt(1).allow();
  assertEquals([(await second).kind, states(given), live()], ["opened", ["live"], ["camera"]]);
});

Deno.test("local tracks › another device takes the place of the one before", async () => {
  const { tracks, prompt } = setUp();
  const first = tracks.openDevices(camera);
  const before = await prompt(0).allow();
  await first;
  const second = tracks.openDevices(camera);
  assertEquals(states(before), ["live"]);
  const after = await prompt(1).allow();
  await second;
  assertEquals([states(before), states(after)], [["ended"], ["live"]]);
  assertEquals(tracks.state.get().lost.size, 0);
});

Deno.test("local tracks › a screen that is stopped, here or in the browser's own bar, takes its sound along", async () => {
  for (const how of ["here", "bar"]) {
    const { tracks, prompt, live, lost } = setUp();
    const opening = tracks.openScreen();
    const given = await prompt(0).allow("video", "audio");
    await opening;
    if (how === "here") tracks.stop("screen");
    else given[0]?.lose();
    assertEquals([states(given), live()], [["ended", "ended"], []]);
    assertEquals(lost(), how === "here" ? [] : ["screen"]);
  }
});

Deno.test("local tracks › the sound of a screen has nobody's voice in it", () => {
  for (
    const [supported, wanted] of [
      [{ restrictOwnAudio: true }, { audio: { restrictOwnAudio: true } }],
      [{ echoCancellation: true }, { audio: true, systemAudio: "exclude" }],
    ] as const
  ) {
    const { media, prompt } = fakeCapture();
    media.getSupportedConstraints = () => supported;
    void createLocalTracks(media).openScreen();
    assertEquals<unknown>(prompt(0).wanted, { video: { frameRate: { ideal: 15, max: 30 } }, ...wanted });
  }
});

Deno.test("local tracks › a device that is unplugged is lost until it is open again, and is asked for in vain meanwhile", async () => {
  const { tracks, prompt, live, lost } = setUp();
  const opening = tracks.openDevices(both);
  const [, picture] = await prompt(0).allow("audio", "video");
  await opening;
  picture?.lose();
  assertEquals([live(), lost()], [["microphone"], ["camera"]]);
  const inVain = tracks.openDevices(camera);
  await prompt(1).refuse(new DOMException("no", "NotFoundError"));
  assertEquals([(await inVain).kind, lost()], ["failed", ["camera"]]);
  const again = tracks.openDevices(camera);
  await prompt(2).allow();
  assertEquals([(await again).kind, lost()], ["opened", []]);
});

Deno.test("local tracks › a refusal is told to who still waits", async () => {
  const { tracks, prompt, asked } = setUp();
  const cause = new DOMException("no", "NotAllowedError");
  const [first, second] = [tracks.openDevices(both), tracks.openScreen()];
  tracks.stop("screen");
  tracks.stop("camera");
  await prompt(0).refuse(cause);
  await prompt(1).refuse(cause);
  assertEquals(await first, { kind: "failed", wanted: ["microphone"], cause });
  assertEquals(await second, { kind: "unwanted" });
  assertEquals(asked(), []);
});
