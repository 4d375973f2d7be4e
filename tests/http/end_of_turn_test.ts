import { setImmediate } from "node:timers";
import { assertEquals } from "@std/assert";
import { endOfTurn } from "../../shared/http/end_of_turn.ts";
import { OpenRequests } from "../../shared/http/open_requests.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("end of turn › what came in one turn is done in a row after it, each step of all before the next", async () => {
  const done: string[] = [];
  const together = endOfTurn();
  const request = async (name: string) => {
    done.push(`${name} begins`);
    await Promise.resolve();
    done.push(`${name} goes on`);
  };
  for (const name of ["first", "second"]) together(() => void request(name));
  await Promise.resolve();
  assertEquals(done, []);
  await turn();
  assertEquals(done, ["first begins", "second begins", "first goes on", "second goes on"]);
});

Deno.test("end of turn › what comes while the others are done has a turn of its own", async () => {
  const done: number[] = [];
  const together = endOfTurn();
  together(() => {
    done.push(1);
    together(() => done.push(3));
  });
  together(() => done.push(2));
  await turn();
  assertEquals(done, [1, 2, 3]);
});

Deno.test("end of turn › of a crowd so many are done at once, in the order in which they came", async () => {
  const done: number[] = [];
  const together = endOfTurn();
  for (let n = 0; n < 150; n++) together(() => done.push(n));
  const sizes: number[] = [];
  while (done.length < 150) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    sizes.push(done.length);
  }
  assertEquals(sizes, [64, 128, 150]);
  assertEquals(done, Array.from({ length: 150 }, (_, n) => n));
});

Deno.test("open requests › whoever leaves, the others stay", () => {
  const answered: string[] = [];
  const open = new OpenRequests();
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => open.add(() => answered.push(name)));
  for (const gone of [b, d]) if (gone !== undefined) open.delete(gone);
  for (const { answer } of open) answer(new Response());
  assertEquals(answered.sort(), ["a", "c"]);
  for (const gone of [a, c]) if (gone !== undefined) open.delete(gone);
  assertEquals([...open], []);
});
