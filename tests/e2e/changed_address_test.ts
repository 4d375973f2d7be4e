import { assert, assertNotEquals } from "@std/assert";
import { say } from "../../shared/dev/say.ts";
import { bundlePage } from "./bundle_page.ts";
import { longestPause, longestStall } from "./pauses.ts";
import type { Arrived } from "./pages/thin_path.ts";
import { openSfuCall } from "./sfu_call.ts";
import { ourSfu } from "./sfus.ts";
import { openUdpRelay } from "./udp_relay.ts";

const looks = 60;

Deno.test("changed address › media goes on while consent moves, and comes back with an ICE restart", async (t) => {
  await using sfu = await ourSfu();
  await using relay = openUdpRelay(sfu.port);
  await using call = await openSfuCall(sfu, await bundlePage("thin_path.ts"), relay.port);
  /** Watches until it is so. */
  const watchUntil = async (isSo: (moments: readonly Arrived[]) => boolean | Promise<boolean>) => {
    const moments: Arrived[] = [];
    for (let look = 0; look < looks; look++) {
      moments.push(...await call.watch(500));
      if (await isSo(moments)) return moments;
    }
    throw new Error("It did not become so");
  };
  const grew = (moments: readonly Arrived[]) =>
    (moments.at(-1)?.packets ?? 0) >= (moments[0]?.packets ?? 0) + 50 &&
    (moments.at(-1)?.frames ?? 0) >= (moments[0]?.frames ?? 0) + 5;
  await watchUntil(grew);

  await t.step("while the address before is still reached, sound has no gap of half a second", async () => {
    const { port } = await sfu.path();
    relay.move("arrives");
    const moments = await watchUntil(async (seen) => grew(seen) && (await sfu.path()).port !== port);
    const gapMs = longestPause(moments, ({ packets }) => packets);
    say(`    longest gap of sound while consent moves: ${Math.round(gapMs)} ms\n`);
    assert(gapMs <= 500 + longestStall(moments), `${gapMs} ms`);
  });

  await t.step("when the address before is gone, an ICE restart brings media back", async () => {
    const before = await sfu.path();
    relay.move("is lost");
    await call.restartIce();
    const moments = await watchUntil(grew);
    say(
      `    longest gap of sound with an ICE restart: ${
        Math.round(longestPause(moments, ({ packets }) => packets))
      } ms\n`,
    );
    const now = await sfu.path();
    assertNotEquals(now.port, before.port);
    assertNotEquals(now.ice.usernameFragment, before.ice.usernameFragment);
  });
});
