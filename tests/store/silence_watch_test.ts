import { assertEquals } from "@std/assert";
import { silenceWatch } from "../../shared/store/silence_watch.ts";
import { manualClock } from "../manual_clock.ts";

/** A watch whose questions the test answers. */
function watched() {
  const clock = manualClock();
  const questions: PromiseWithResolvers<boolean>[] = [];
  const givenUp: string[] = [];
  const watch = silenceWatch(() => {
    const question = Promise.withResolvers<boolean>();
    questions.push(question);
    return question.promise;
  }, clock);
  return {
    clock,
    questions,
    givenUp,
    query: (name: string) => watch(() => void givenUp.push(name)),
    async answer(isAlive: boolean) {
      questions.at(-1)?.resolve(isAlive);
      await new Promise((resolve) => setTimeout(resolve));
    },
  };
}

Deno.test("silence watch › a query with an answer within 3 s asks nothing", () => {
  const { clock, questions, query } = watched();
  const end = query("one");
  clock.advance(2_999);
  end();
  clock.advance(60_000);
  assertEquals(questions.length, 0);
});

Deno.test("silence watch › there is one question at a time, every 3 s, however many queries are silent", async () => {
  const { clock, questions, givenUp, query, answer } = watched();
  const ends = ["one", "two", "three"].map(query);
  clock.advance(3_000);
  query("later");
  clock.advance(60_000);
  assertEquals(questions.length, 1);
  await answer(true);
  clock.advance(2_999);
  assertEquals(questions.length, 1);
  clock.advance(1);
  assertEquals(questions.length, 2);
  for (const end of ends) end();
  await answer(false);
  assertEquals(givenUp, ["later"]);
});

Deno.test("silence watch › a query that gets its answer while the server is asked is not given up, nor the next on its connection", async () => {
  const { clock, givenUp, query, answer } = watched();
  const end = query("first");
  query("silent");
  clock.advance(3_000);
  end();
  query("next on its connection");
  await answer(false);
  assertEquals(givenUp, ["silent"]);
});

Deno.test("silence watch › nothing is asked once nobody waits", async () => {
  const { clock, questions, query, answer } = watched();
  const end = query("one");
  clock.advance(3_000);
  await answer(true);
  end();
  clock.advance(60_000);
  assertEquals(questions.length, 1);
});
