import { assertEquals } from "@std/assert";
import { checkLength, checkName } from "./check_names.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › every file is named in snake_case", async () => {
  const files = await readFolders([...services, "shared", "tests"]);
  assertEquals(files.flatMap(checkName), []);
});

Deno.test("house › no file holds two things", async () => {
  const files = await readFolders([...services, "shared"]);
  assertEquals(files.flatMap(checkLength), []);
});

Deno.test("house › a name in another case is found", () => {
  const wrong = [
    "auth/Main.ts",
    "auth/tokenIssuer.ts",
    "auth/token-issuer.ts",
    "auth/a__b.tsx",
    "auth/a_.ts",
  ];
  const right = [
    "auth/main.ts",
    "auth/token_issuer_test.ts",
    "shared/std/http/_range.ts",
    "a/h264.d.ts",
    "a/b.tsx",
  ];
  const bad = (path: string) => checkName({ path, text: "" }).length > 0;
  assertEquals([wrong.filter((path) => !bad(path)), right.filter(bad)], [[], []]);
});

Deno.test("house › a file that is too long is found", () => {
  const file = (lines: number) => ({ path: "a.ts", text: "\n".repeat(lines) });
  assertEquals([checkLength(file(400)), checkLength(file(401))], [[], ["a.ts has 401 lines, more than 400"]]);
});
