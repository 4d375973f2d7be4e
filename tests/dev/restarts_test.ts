import { assertEquals } from "@std/assert";
import { restarts } from "../../shared/dev/up/restarts.ts";

const at = (name: string, port: number) => ({ name, readyUrl: `http://127.0.0.1:${port}/ready` });
const [one, two, other] = [at("auth", 8081), at("auth-2", 8081), at("media", 8082)];

Deno.test("restarts › who is alone at its address is given up at the eighth quick death in a row", () => {
  const mayRestart = restarts([one, other]);
  assertEquals([7, 8].map((deaths) => mayRestart(one, deaths)), [true, false]);
  assertEquals(mayRestart(other, 1), true);
});

Deno.test("restarts › who shares its address is started again while another there stays alive", () => {
  const mayRestart = restarts([one, two, other]);
  assertEquals([8, 9].map((deaths) => mayRestart(two, deaths)), [true, true]);
  assertEquals([7, 8].map((deaths) => mayRestart(one, deaths)), [true, false]);
  // A later death after a long life is a new beginning.
  assertEquals([mayRestart(two, 0), mayRestart(one, 9)], [true, true]);
});
