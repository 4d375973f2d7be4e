import { assertEquals, assertStringIncludes } from "@std/assert";
import { textLines } from "../../shared/text_lines.ts";

/** What npm does when it runs a package's program: a shell between, to which it hands on its own signals. */
const NPM_EXEC = `
const shell = require("node:child_process").spawn("sh", ["-c", "deno task wait; exit $?"], { stdio: "inherit" });
process.on("SIGTERM", () => shell.kill("SIGTERM"));
shell.on("exit", () => process.exit(143));
`;

Deno.test("launcher gone › a signal that ends npx and its shell, but not the task, is noticed", async () => {
  const folder = await Deno.makeTempDir();
  const program = new URL("./programs/wait_for_launcher.ts", import.meta.url).pathname;
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({ tasks: { wait: `deno run -q -A ${program}` } }),
  );
  const deno = Deno.execPath();
  const npx = new Deno.Command("node", {
    args: ["-e", NPM_EXEC],
    cwd: folder,
    env: { PATH: `${deno.slice(0, deno.lastIndexOf("/"))}:${Deno.env.get("PATH")}` },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines: string[] = [];
  for await (const line of textLines(npx.stdout)) {
    lines.push(line);
    if (line === "watching") npx.kill("SIGTERM");
  }
  await npx.status;
  assertEquals(lines.at(0), "watching");
  assertStringIncludes(lines.at(-1) ?? "", "the launcher is gone");
});
