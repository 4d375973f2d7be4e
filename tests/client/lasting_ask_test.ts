import { assertEquals } from "@std/assert";
import { createLastingAsk } from "../../shared/client/media/lasting_ask.ts";
import type { Ask } from "../../shared/client/media/media_transports.ts";
import { fail, type Result } from "../../shared/actor/result.ts";
import type { SignalingErrorCode } from "../../shared/protocol/signaling.ts";
import { manualClock } from "../manual_clock.ts";
import { transportOf } from "../meeting/routing/support/samples.ts";

type Answer = SignalingErrorCode | "CLOSED" | "ok";

/** Asks of which each is answered by the next of `answers`, and then `ok`. */
function startAsking(...answers: Answer[]) {
  const asked: unknown[] = [];
  const ask: Ask = (_type, data) => {
    asked.push("producer_id" in data ? data.producer_id : data);
    const next = answers.shift() ?? "ok";
    const answer: Result<object> = next === "ok"
      ? { ok: true, value: {} }
      : { ok: false, error: fail(next, "No.") };
    return Promise.resolve(answer as Awaited<ReturnType<typeof ask<typeof _type>>>);
  };
  const clock = manualClock();
  const lasting = createLastingAsk(ask, clock);
  const pause = (producer_id: string) => lasting.ask("media.pause", { producer_id });
  return { asked, lasting, pause, clock };
}

function codeOf(answer: Result<unknown>): string {
  return answer.ok ? "ok" : answer.error.code;
}

Deno.test("lasting ask › what a lost connection left unanswered is asked again after the resume, in its order", async () => {
  const { asked, lasting, pause } = startAsking("CLOSED", "CLOSED");
  const both = [pause("one"), pause("two")];
  await Promise.resolve();
  await Promise.resolve();
  lasting.goOn();
  assertEquals((await Promise.all(both)).map(({ ok }) => ok), [true, true]);
  assertEquals(asked, ["one", "two", "one", "two"]);
});

Deno.test("lasting ask › one that was not answered in time is asked again at once, one that was refused for good never", async () => {
  const { asked, pause } = startAsking("TIMEOUT", "NOT_FOUND");
  assertEquals([codeOf(await pause("one")), asked], ["NOT_FOUND", ["one", "one"]]);
});

for (const code of ["HANDLER_UNAVAILABLE", "RATE_LIMITED", "OVERLOADED"] as const) {
  Deno.test(`lasting ask › one that was refused with ${code} is asked again after a pause, a longer one each time`, async () => {
    const pauses = [500, 1_000, 2_000, 4_000, 8_000, 8_000];
    const { asked, pause, clock } = startAsking(...pauses.map(() => code));
    const taken = pause("one");
    for (const [index, pauseMs] of pauses.entries()) {
      await clock.until(pauseMs);
      assertEquals(asked.length, index + 1);
      clock.advance(pauseMs);
    }
    assertEquals([(await taken).ok, asked.length], [true, pauses.length + 1]);
  });
}

Deno.test("lasting ask › one that was refused because the meeting moves is asked again at the resume", async () => {
  const { asked, lasting, pause, clock } = startAsking("OVERLOADED");
  const taken = pause("one");
  await clock.until(500);
  lasting.goOn();
  assertEquals([(await taken).ok, asked], [true, ["one", "one"]]);
});

Deno.test("lasting ask › one that was refused is not asked again when nobody wants it any more, or at the end", async () => {
  const { asked, lasting, pause, clock } = startAsking("HANDLER_UNAVAILABLE", "HANDLER_UNAVAILABLE");
  const choose = () => ({ type: "media.pause" as const, data: { producer_id: "one" } });
  const unwanted = lasting.askChosen(choose, () => false);
  await clock.until(500);
  clock.advance(500);
  assertEquals(codeOf(await unwanted), "HANDLER_UNAVAILABLE");
  const ended = pause("two");
  await clock.until(500);
  lasting.end();
  assertEquals([codeOf(await ended), asked], ["CLOSED", ["one", "two"]]);
});

Deno.test("lasting ask › what needs a handler that nobody reaches is answered: fresh transports may be on another", async () => {
  const { lasting } = startAsking("HANDLER_UNAVAILABLE", "HANDLER_UNAVAILABLE");
  const { id: transport_id, dtlsParameters: dtls_parameters } = transportOf("one");
  const connected = await lasting.ask("media.connect", { transport_id, dtls_parameters });
  const restarted = await lasting.ask("media.restart_ice", { transport_id });
  assertEquals([codeOf(connected), codeOf(restarted)], ["HANDLER_UNAVAILABLE", "HANDLER_UNAVAILABLE"]);
});

Deno.test("lasting ask › one that is chosen is chosen anew each time that it is asked", async () => {
  const { asked, lasting } = startAsking("TIMEOUT", "TIMEOUT");
  const ids = ["one", "two", "three", "four"];
  await lasting.askChosen(() => ({ type: "media.pause", data: { producer_id: ids.shift() ?? "" } }));
  assertEquals(asked, ["one", "two", "three"]);
});

Deno.test("lasting ask › at the end whatever waits is answered", async () => {
  const { lasting, pause } = startAsking("CLOSED");
  const waiting = pause("one");
  await Promise.resolve();
  lasting.end();
  assertEquals(codeOf(await waiting), "CLOSED");
});
