import { assert } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { bundlePage } from "./bundle_page.ts";
import type { Arrived } from "./pages/thin_path.ts";
import { longestPause, longestStall } from "./pauses.ts";
import { openSfuCall } from "./sfu_call.ts";
import { bareSfu, ourSfu, type Sfu } from "./sfus.ts";
import { openUdpRelay, widePath } from "./udp_relay.ts";

const thin = { ...widePath, bitrate: 300_000, queueBytes: 60_000 };
const cutMs = 15_000;
const fullWidth = 960;
/** Twice what the thin path carries, in bits per second. A sender that lacks the processor sends less than it could. */
const fullBitrate = 2 * thin.bitrate;

function bitrateOf(moments: readonly Arrived[]): number {
  const [first, last] = [moments[0], moments.at(-1)];
  return first === undefined || last === undefined
    ? 0
    : 8_000 * (last.bytes - first.bytes) / (last.atMs - first.atMs);
}

const isFull = (moments: readonly Arrived[]) =>
  moments.at(-1)?.width === fullWidth && bitrateOf(moments) >= fullBitrate;

/** Quarter seconds in which no frame came, of all from the third second on. */
function frozenQuarters(moments: readonly Arrived[]): { readonly frozen: number; readonly of: number } {
  const start = (moments[0]?.atMs ?? 0) + 3_000;
  const quarters = Map.groupBy(
    moments.filter(({ atMs }) => atMs >= start),
    ({ atMs }) => Math.floor((atMs - start) / 250),
  );
  const ends = [...quarters.values()].map((quarter) => quarter.at(-1)?.frames ?? 0);
  return { frozen: ends.filter((frames, index) => frames === ends[index - 1]).length, of: ends.length };
}

/** One sender and one receiver on an SFU. The path to the receiver is cut, and widened again if `recovers`. */
async function sufferCut(sfu: Sfu, script: string, recovers: boolean) {
  await using relay = openUdpRelay(sfu.port);
  await using call = await openSfuCall(sfu, script, relay.port);
  const { watch } = call;
  let before: Arrived[] = [];
  for (let tries = 0; tries < 20 && !isFull(before); tries++) before = await watch(3_000);
  assert(isFull(before), `The picture has ${before.at(-1)?.width} columns and ${bitrateOf(before)} bit/s`);
  relay.path = thin;
  const during = await watch(cutMs);
  relay.path = widePath;
  const after: Arrived[] = [];
  while (recovers && after.at(-1)?.width !== fullWidth) {
    after.push(...await watch(500));
    assert((after.at(-1)?.atMs ?? 0) - (after[0]?.atMs ?? 0) < 30_000, "The full layer did not come back");
  }
  return { during, after };
}

Deno.test("thin path › sound goes on, the picture moves, and the full layer comes back; beside bare mediasoup", async () => {
  const script = await bundlePage("thin_path.ts");
  await using bare = await bareSfu();
  const beside = frozenQuarters((await sufferCut(bare, script, false)).during);
  await using ours = await ourSfu();
  const { during, after } = await sufferCut(ours, script, true);
  const { frozen, of } = frozenQuarters(during);
  const gapMs = longestPause(during, ({ packets }) => packets);
  const backMs = (after.at(-1)?.atMs ?? 0) - (after[0]?.atMs ?? 0);
  // The frames that were in the queue at the cut come first, far apart.
  const frames = during.filter(({ frames }, index) => frames > (during[index - 1]?.frames ?? Infinity));
  const moving = frames.find(({ atMs }, index) => (frames[index + 6]?.atMs ?? Infinity) - atMs < 1_000);
  const movingMs = (moving?.atMs ?? Infinity) - (during[0]?.atMs ?? 0);
  const told = `moving again after ${Math.round(movingMs)} ms; ` +
    `frozen ${frozen} of ${of} quarter seconds, bare mediasoup ${beside.frozen} of ${beside.of}; ` +
    `longest gap of sound ${Math.round(gapMs)} ms; full layer back after ${Math.round(backMs)} ms`;
  const isMet = movingMs <= 3_000 && gapMs <= 500 && frozen <= of / 4 && backMs <= 20_000;
  say(`${told}; the targets (3 s, a quarter, 500 ms, 20 s) are ${isMet ? "met" : "missed"}\n`);
  // While the browser itself stands still nobody can tell what the path does.
  assert(gapMs <= 500 + longestStall(during), told);
  const startMs = during[0]?.atMs ?? 0;
  const framesAt = (ms: number) => during.findLast(({ atMs }) => atMs - startMs <= ms)?.frames ?? 0;
  assert(framesAt(cutMs / 2) > framesAt(1_000), `no frame in the first half of the cut; ${told}`);
  // Bare mediasoup is sometimes lucky.
  assert(frozen <= Math.max(beside.frozen, of / 4), told);
  assert(backMs <= 20_000, told);
});

Deno.test("thin path › a picture that a path doesn't carry is reported as without a layer, until it does", async () => {
  await using sfu = await ourSfu();
  await using relay = openUdpRelay(sfu.port);
  await using call = await openSfuCall(sfu, await bundlePage("thin_path.ts"), relay.port);
  /** Waits for a report after those that have come, whose layer is like this. */
  const reported = async (isLike: (layer: number | null | undefined) => boolean) => {
    for (let count = layersSoFar();; count++) {
      const all = await sfu.reports.first("layers", count + 1);
      if (isLike(all[count]?.consumers[0]?.spatial_layer)) return;
    }
  };
  const layersSoFar = () => sfu.reports.all.filter(({ report }) => report.report === "layers").length;
  await call.watch(3_000);
  relay.path = { ...thin, bitrate: 60_000 };
  await reported((layer) => layer === null);
  relay.path = widePath;
  await reported((layer) => typeof layer === "number");
});
