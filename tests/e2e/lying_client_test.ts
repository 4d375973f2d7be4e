import { assert, assertEquals, fail } from "@std/assert";
import type { Browser, Page } from "playwright-core";
import type { Client } from "../meeting/support/client.ts";
import { childrenOf } from "../dev/running_up.ts";
import { arrivedAt, since, watchArrivals } from "./arrived_media.ts";
import { openBrowser } from "./browser.ts";
import { crowdIn, enter } from "./crowd.ts";
import { type LyingDevice, openLiar } from "./liar.ts";
import { mediaPort } from "./media_port.ts";
import { createHost } from "./meeting_host.ts";
import { type Stack, startStack } from "./stack.ts";
import { watchConnections } from "./watched_connections.ts";

/** How a host switches a person's microphone and camera off, and lets them on again. */
interface Ban {
  forbid(host: Client, participantId: string): Promise<void>;
  allow(host: Client, participantId: string): Promise<void>;
  /** The answer to a screen and its sound, sent in place of the camera and the microphone. */
  readonly screen: "ok" | "FORBIDDEN";
}

const muted = async (host: Client, participant_id: string, muted: boolean) => {
  for (const source of ["microphone", "camera"] as const) {
    assert((await host.request("moderation.mute", { participant_id, source, muted })).ok);
  }
};
const permitted = async (host: Client, on: boolean) => {
  const permissions = { microphone: on, camera: on, screen: on };
  assert((await host.request("moderation.permissions", { permissions })).ok);
};

const bans: Readonly<Record<string, Ban>> = {
  "a host's mute": {
    forbid: (host, id) => muted(host, id, true),
    allow: (host, id) => muted(host, id, false),
    screen: "ok",
  },
  "a withdrawn permission": {
    forbid: (host) => permitted(host, false),
    allow: (host) => permitted(host, true),
    screen: "FORBIDDEN",
  },
};

for (const [how, ban] of Object.entries(bans)) {
  Deno.test(`${how} › a client that goes on sending is neither heard nor seen, whatever it says`, async (t) => {
    await using stack = await startStack({ DT_HANDLERS: "2" });
    await using browser = await openBrowser({ framesPerSecond: 20 });
    const crowd = crowdIn(browser);
    const hosts = await createHost(stack.origin);
    const code = await hosts.create({ waiting_room: false });
    using first = await hosts.join(code);
    const [ada, bob] = [await crowd.open(), await crowd.open()];
    await watchArrivals(ada);
    await watchConnections(ada);
    for (const [page, name] of [[ada, "Ada"], [bob, "Bob"]] as const) {
      await page.goto(`${stack.origin}/m/${code}`);
      await enter(page, name);
    }
    const bobsId = await idOf(ada, "Bob");
    // What is forbidden to all but hosts is not forbidden to him: what comes of him shows that media flows.
    assert((await first.request("moderation.role", { participant_id: bobsId, role: "host" })).ok);
    const chromium: Browser | null = browser.context.browser();
    assert(chromium !== null);
    const openDevice = await openLiar(stack, chromium, code);
    const liar = await openDevice();
    let { participant_id: liarsId } = await liar.join("anew");

    /** Waits until Bob has come through while all of these have sent; answers what came of others in that time. */
    const meanwhile = async (act: () => Promise<void>, devices: readonly LyingDevice[] = [liar]) => {
      const before = await arrivedAt(ada, bobsId);
      await act();
      const heard = await arrivedAt(ada, bobsId);
      const sent = await Promise.all(devices.map((device) => device.sent()));
      for (;;) {
        const now = await arrivedAt(ada, bobsId);
        const their = since(heard.their, now.their);
        const theySent = await Promise.all(devices.map((device) => device.sent()));
        const haveSent = theySent.every(({ audio, video }, index) =>
          audio >= (sent[index]?.audio ?? 0) + 50 && video >= (sent[index]?.video ?? 0) + 20
        );
        if (haveSent && their.soundPackets >= 20 && their.picturePackets >= 20) {
          return since(before.other, now.other);
        }
      }
    };
    const heardAndSeen = async () => {
      for (;;) {
        const { soundPackets, frames } = await meanwhile(async () => {});
        if (soundPackets >= 50 && frames >= 10) return;
      }
    };
    const silence = { soundPackets: 0, soundEnergy: 0, picturePackets: 0, frames: 0 };
    const isSilent = async (act: () => Promise<void>, devices?: readonly LyingDevice[]) =>
      assertEquals(await meanwhile(act, devices), silence);

    await t.step("it is heard and seen before", heardAndSeen);

    await t.step("it goes on sending", async () => {
      await ban.forbid(first, liarsId);
      // What was on its way arrives.
      while ((await meanwhile(async () => {})).soundPackets > 0);
      await isSilent(async () => {});
    });

    await t.step("it resumes", () =>
      isSilent(async () => {
        for (const source of ["microphone", "camera"] as const) {
          assertEquals(await liar.ask("media.resume", source), "FORBIDDEN");
        }
      }));

    await t.step(
      "it makes another producer, beside the one that it has and after closing it",
      () =>
        isSilent(async () => {
          for (const source of ["microphone", "camera"] as const) {
            assertEquals(await liar.produce(source), "ok");
            assertEquals(await liar.ask("media.close", source), "ok");
            assertEquals(await liar.produce(source), "ok");
          }
        }),
    );

    await t.step(
      "it loses its connection, and says of its kept media that it is on",
      () =>
        isSilent(async () => {
          await liar.cut();
          const { resumed, media_kept } = await liar.join("keep");
          assertEquals([resumed, media_kept], [true, true]);
        }),
    );

    await t.step(
      "it loses its connection, and says of fresh media that it is on",
      () =>
        isSilent(async () => {
          await liar.cut();
          const { resumed, media_kept } = await liar.join("fresh");
          assertEquals([resumed, media_kept], [true, false]);
        }),
    );

    await t.step("it leaves, and joins anew", () =>
      isSilent(async () => {
        await liar.leave();
        const { resumed, participant_id } = await liar.join("anew");
        assertEquals([resumed, participant_id === liarsId], [false, false]);
        liarsId = participant_id;
      }));

    const second = await openDevice();
    await t.step(
      "it joins on a second device besides",
      () => isSilent(async () => void await second.join("anew"), [liar, second]),
    );

    await t.step(
      "it sends its voice as the sound of a screen that it doesn't share",
      () =>
        isSilent(async () => assertEquals(await liar.produce("screen_audio"), ban.screen), [liar, second]),
    );

    await t.step("it is moved to other transports, after the SFU worker's death", () =>
      isSilent(async () => {
        const [worker] = await childrenOf(await handlerOf(stack, ada), "mediasoup-worker");
        assert(worker !== undefined);
        Deno.kill(worker, "SIGKILL");
        for (const device of [liar, second]) await device.moved(1);
      }, [liar, second]));

    await t.step(
      "it comes back after the controller's death, with the media that it kept",
      () =>
        isSilent(async () => {
          const [controller] = await childrenOf(stack.pid, "meeting/main.ts");
          assert(controller !== undefined);
          Deno.kill(controller, "SIGKILL");
          for (const device of [liar, second]) {
            const { resumed, media_kept } = await device.join("keep");
            assertEquals([resumed, media_kept], [true, true]);
          }
        }, [liar, second]),
    );

    await t.step("it makes another producer after that", () =>
      isSilent(async () => {
        for (const source of ["microphone", "camera"] as const) {
          assertEquals(await liar.produce(source), "ok");
          assertEquals(await liar.ask("media.resume", source), "FORBIDDEN");
        }
      }, [liar, second]));

    await t.step("it is moved to the other handler, after its own one's death", () =>
      isSilent(async () => {
        Deno.kill(await handlerOf(stack, ada), "SIGKILL");
        for (const device of [liar, second]) await device.moved(2);
      }, [liar, second]));

    await t.step(
      "allowed again it is silent until it switches on by itself, and then heard and seen",
      async () => {
        using again = await hosts.join(code);
        await isSilent(() => ban.allow(again, liarsId), [liar, second]);
        for (const source of ["microphone", "camera"] as const) {
          assertEquals(await liar.ask("media.resume", source), "ok");
        }
        await heardAndSeen();
      },
    );
    assertEquals(crowd.errors, []);
  });
}

/** The process of the handler that a page receives from. */
async function handlerOf(stack: Stack, page: Page): Promise<number> {
  const port = await mediaPort(page);
  const handlers = await Promise.all((await childrenOf(stack.pid, "media/main.ts")).map(async (pid) => {
    const environment = await Deno.readTextFile(`/proc/${pid}/environ`);
    return { pid, firstPort: Number(/DT_RTC_PORT=(\d+)/.exec(environment)?.[1]) };
  }));
  // Each has as many ports in a row as SFU workers.
  const below = handlers.filter(({ firstPort }) => firstPort <= port);
  const last = below.toSorted((one, other) => one.firstPort - other.firstPort).at(-1);
  return last?.pid ?? fail(`No handler has port ${port}`);
}

function idOf(page: Page, name: string): Promise<string> {
  const tile = page.locator(`[data-testid="tile"][data-name="${name}"]`);
  return tile.getAttribute("data-participant-id").then((id) => id ?? fail(`${name} has no id`));
}
