import { assertEquals } from "@std/assert";
import { createLastingAsk } from "../../shared/client/media/lasting_ask.ts";
import type { Ask } from "../../shared/client/media/media_transports.ts";
import { fail, type Result } from "../../shared/actor/result.ts";

type Answer = "CLOSED" | "TIMEOUT" | "NOT_FOUND" | "ok";

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
  const lasting = createLastingAsk(ask);
  const pause = (producer_id: string) => lasting.ask("media.pause", { producer_id });
  return { asked, lasting, pause };
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

Deno.test("lasting ask › one that was not answered in time is asked again at once, one that was refused never", async () => {
  const { asked, pause } = startAsking("TIMEOUT", "NOT_FOUND");
  const refused = await pause("one");
  assertEquals([refused.ok ? "ok" : refused.error.code, asked], ["NOT_FOUND", ["one", "one"]]);
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
  const answer = await waiting;
  assertEquals(answer.ok ? "ok" : answer.error.code, "CLOSED");
});
