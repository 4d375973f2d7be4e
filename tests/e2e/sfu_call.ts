import { openBrowser } from "./browser.ts";
import type { Arrived } from "./pages/thin_path.ts";
import type { Sfu } from "./sfus.ts";

/** A page that sends to an SFU and receives from it. */
export interface SfuCall extends AsyncDisposable {
  /** What arrives in a time from now on. */
  watch(ms: number): Promise<Arrived[]>;
  /** Restarts ICE (RFC 8445 §9) of the receiving transport. */
  restartIce(): Promise<void>;
}

/** Opens the page (`pages/thin_path.ts`, bundled), and has it send and receive. It receives by this UDP port. */
export async function openSfuCall(sfu: Sfu, script: string, port: number): Promise<SfuCall> {
  await using stack = new AsyncDisposableStack();
  const { page } = stack.use(await openBrowser());
  await page.exposeFunction("askSfu", (name: keyof Sfu, ...args: unknown[]): unknown => {
    const what: unknown = sfu[name];
    return typeof what === "function" ? Reflect.apply(what, sfu, args) : what;
  });
  const server = stack.use(Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response("<!DOCTYPE html><title>thin path</title>", { headers: { "content-type": "text/html" } }),
  ));
  await page.goto(`http://127.0.0.1:${server.addr.port}/`);
  await page.addScriptTag({ content: script, type: "module" });
  await page.waitForFunction(() => globalThis.thinPath !== undefined);
  await page.evaluate((port) => thinPath.connect(port), port);
  const owned = stack.move();
  return {
    watch: (ms) => page.evaluate((ms) => thinPath.watch(ms), ms),
    restartIce: () => page.evaluate(() => thinPath.restartIce()),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
