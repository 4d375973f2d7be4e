import { assert } from "@std/assert";
import type { Browser } from "playwright-core";
import { type Ticket, ticket } from "../../shared/protocol/mod.ts";
import { bundlePage } from "./bundle_page.ts";
import { rest } from "../rest.ts";
import type { Liar } from "./pages/liar.ts";
import type { Stack } from "./stack.ts";

type Of<N extends keyof Liar> = (...args: Parameters<Liar[N]>) => Promise<Awaited<ReturnType<Liar[N]>>>;

/** A device of a person whose client says of each source that it is on: `pages/liar.ts` in a page of its own. */
export interface LyingDevice {
  /** Joins with a ticket for the same person; tried again where nobody listens yet. */
  join(how: "anew" | "keep" | "fresh"): ReturnType<Of<"join">>;
  readonly produce: Of<"produce">;
  readonly ask: Of<"ask">;
  readonly leave: Of<"leave">;
  readonly cut: Of<"cut">;
  readonly sent: Of<"sent">;
  /** Waits until it was given other transports so many times, and sends over them. */
  moved(times: number): Promise<unknown>;
}

/** Makes somebody a guest of a meeting. Answers what opens one more of their devices. */
export async function openLiar(
  { origin }: Stack,
  browser: Browser,
  code: string,
): Promise<() => Promise<LyingDevice>> {
  const script = await bundlePage("liar.ts");
  const first = await ask(origin, code, "guest-token", { display_name: "Liar" });
  assert(first !== undefined);
  const ticketAgain = async () => {
    for (;;) {
      const given = await ask(origin, code, "ticket", {}, first.token);
      if (given !== undefined) return given;
    }
  };
  return async () => {
    const page = await (await browser.newContext()).newPage();
    // A page of the deployment's own: one that the test makes up would be a public one, which may not reach this machine.
    await page.goto(`${origin}/health`);
    await page.evaluate(script);
    await page.waitForFunction(() => globalThis.liar !== undefined);
    return {
      async join(how) {
        for (;;) {
          const given = await ticketAgain();
          try {
            return await page.evaluate(({ given, how }) => globalThis.liar.join(given, how), { given, how });
          } catch (error) {
            if (!String(error).includes("CLOSED")) throw error;
          }
        }
      },
      produce: (source) => page.evaluate((source) => globalThis.liar.produce(source), source),
      ask: (type, source) =>
        page.evaluate(({ type, source }) => globalThis.liar.ask(type, source), { type, source }),
      leave: () => page.evaluate(() => globalThis.liar.leave()),
      cut: () => page.evaluate(() => globalThis.liar.cut()),
      sent: () => page.evaluate(() => globalThis.liar.sent()),
      moved: (times) => page.waitForFunction((times) => globalThis.liar.moves() >= times, times),
    };
  };
}

/** A ticket; undefined while there is no place for it. */
async function ask(
  origin: string,
  code: string,
  route: "guest-token" | "ticket",
  body: object,
  token?: string,
): Promise<Ticket | undefined> {
  const path = `/api/v1/meetings/${code}/${route}`;
  const answer = await rest(origin, "POST", path, { ...(token === undefined ? {} : { token }), body });
  assert(answer.status === 200 || answer.status === 503, `${path}: ${answer.status} ${answer.words}`);
  return answer.status === 200 ? ticket.parse(answer.body) : undefined;
}
