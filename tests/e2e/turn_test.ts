import { assert, assertEquals, assertMatch } from "@std/assert";
import { browsersIn, createMeeting, joinMeeting, looks, register } from "./participant.ts";
import { waitForFrames, waitForPicture, waitForTone } from "./received_media.ts";
import { startStack } from "./stack.ts";
import { startTurnServer } from "./turn_server.ts";

Deno.test("TURN › a participant who reaches nothing but the relay sees, hears, is seen and is heard", async () => {
  const secret = crypto.randomUUID();
  await using turn = await startTurnServer(secret);
  await using stack = await startStack({ DT_TURN_URLS: turn.url, DT_TURN_SECRET: secret });
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-e2e-" });
  try {
    await using browsers = browsersIn(folder);
    const [ada, bob] = await Promise.all([
      browsers.open("Ada", looks.red),
      browsers.open("Bob", looks.green),
    ]);
    await bob.page.addInitScript(() => {
      const Direct = RTCPeerConnection;
      globalThis.RTCPeerConnection = class extends Direct {
        constructor(configuration?: RTCConfiguration) {
          super({ ...configuration, iceTransportPolicy: "relay" });
        }
      };
    });
    await register(ada, stack.origin);
    const path = await createMeeting(ada, "By a relay", { allowGuests: true, waitingRoom: false });
    await joinMeeting(ada);
    await joinMeeting(bob, stack.origin + path);
    for (
      const { viewer: { page }, seen: { name, looks } } of [
        { viewer: ada, seen: bob },
        { viewer: bob, seen: ada },
      ]
    ) {
      await waitForPicture(page, name, looks.rgb);
      await waitForFrames(page, name, 5);
      assert(await waitForTone(page, name, looks.toneHz) > 0);
    }
    assertEquals([ada, bob].flatMap(({ errors }) => errors), []);
    assertMatch(turn.log(), /user <\d+:guest-[\w-]+>: incoming packet ALLOCATE processed, success/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
