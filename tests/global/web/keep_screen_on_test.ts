import { assertEquals } from "@std/assert";
import { keepScreenOn } from "../../../global/web/meeting/keep_screen_on.ts";

/** A page whose wake locks the test gives or refuses. */
function setUp() {
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" as DocumentVisibilityState });
  const asked: { give(): Promise<void>; refuse(): Promise<void> }[] = [];
  let held = 0;
  function request(): Promise<WakeLockSentinel> {
    const { promise, resolve, reject } = Promise.withResolvers<WakeLockSentinel>();
    // Whoever asked goes on after these.
    const told = () => promise.then(() => {}, () => {}).then(() => {});
    asked.push({
      give() {
        held++;
        let released = false;
        const lock = Object.assign(new EventTarget(), {
          type: "screen" as const,
          released: false,
          onrelease: null,
          release() {
            if (!released) held--;
            released = true;
            return Promise.resolve();
          },
        });
        resolve(lock);
        return told();
      },
      refuse() {
        reject(new DOMException("", "NotAllowedError"));
        return told();
      },
    });
    return promise;
  }
  return {
    page,
    wakeLock: { request },
    asked,
    held: () => held,
    show(visibilityState: DocumentVisibilityState) {
      page.visibilityState = visibilityState;
      page.dispatchEvent(new Event("visibilitychange"));
    },
  };
}

Deno.test("screen kept on › it is asked for at once, again when the page is seen again, and let go at the end", async () => {
  const { page, wakeLock, asked, held, show } = setUp();
  const letGo = keepScreenOn(page, { wakeLock });
  await asked[0]?.give();
  assertEquals([asked.length, held()], [1, 1]);
  show("hidden");
  assertEquals(asked.length, 1);
  show("visible");
  await asked[1]?.give();
  assertEquals([asked.length, held()], [2, 1], "the lock before is let go");
  letGo();
  assertEquals(held(), 0);
  show("visible");
  assertEquals(asked.length, 2);
});

Deno.test("screen kept on › what is given after the end is let go at once", async () => {
  const { page, wakeLock, asked, held } = setUp();
  keepScreenOn(page, { wakeLock })();
  await asked[0]?.give();
  assertEquals([asked.length, held()], [1, 0]);
});

Deno.test("screen kept on › a refusal, or a browser that has no wake lock, is nothing", async () => {
  const { page, wakeLock, asked, held, show } = setUp();
  const letGo = keepScreenOn(page, { wakeLock });
  await asked[0]?.refuse();
  show("visible");
  await asked[1]?.give();
  assertEquals(held(), 1);
  letGo();
  keepScreenOn(page, {})();
});
