import { assertEquals } from "@std/assert";
import { OpenRequests } from "../../shared/http/open_requests.ts";

Deno.test("open requests › deleting any request keeps the others", () => {
  const refused: string[] = [];
  const open = new OpenRequests();
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => open.add(() => refused.push(name)));
  for (const gone of [b, d]) if (gone !== undefined) open.delete(gone);
  for (const { refuse } of open) refuse();
  assertEquals(refused.sort(), ["a", "c"]);
  for (const gone of [a, c]) if (gone !== undefined) open.delete(gone);
  assertEquals([...open], []);
});
