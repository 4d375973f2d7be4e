import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { endOfTurn } from "../../shared/http/end_of_turn.ts";
import { createHandler } from "../../shared/http/mod.ts";

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

Deno.test("end of turn › requests of one turn take each of their steps together, after it", async () => {
  const done: string[] = [];
  const handler = createHandler({
    routes: [{
      method: "GET",
      path: "/:name",
      async handler({ params: { name } }) {
        done.push(`${name} begins`);
        await Promise.resolve();
        done.push(`${name} goes on`);
        return new Response();
      },
    }],
  });
  const answers = ["first", "second"].map((name) => handler(new Request(`http://localhost/${name}`)));
  assertEquals(done, []);
  await Promise.all(answers);
  assertEquals(done, ["first begins", "second begins", "first goes on", "second goes on"]);
});

Deno.test("end of turn › a request that comes while the others go on has a turn of its own", async () => {
  const done: number[] = [];
  const turn = endOfTurn();
  const first = (async () => {
    await turn();
    done.push(1);
    await turn();
    done.push(3);
  })();
  const second = turn().then(() => done.push(2));
  await Promise.all([first, second]);
  assertEquals(done, [1, 2, 3]);
});

Deno.test("end of turn › a limited number of requests goes on at once, in the order of arrival", async () => {
  const done: number[] = [];
  const turn = endOfTurn();
  for (let n = 0; n < 150; n++) void turn().then(() => done.push(n));
  const sizes: number[] = [];
  while (done.length < 150) {
    await nextTurn();
    sizes.push(done.length);
  }
  assertEquals(sizes, [64, 128, 150]);
  assertEquals(done, Array.from({ length: 150 }, (_, n) => n));
});
