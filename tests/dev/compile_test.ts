import { assert, assertEquals } from "@std/assert";
import { compileArgs, compileService, EXCLUDED, excludedFolders } from "../../shared/dev/compile.ts";
import { runCommand } from "../../shared/dev/run_command.ts";
import { SERVICES } from "../../shared/dev/service_names.ts";
import { CHECKOUT, standalonePermissions } from "../../shared/dev/standalone.ts";
import { permissionFlags } from "../../shared/dev/permission_flags.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("compile › each executable has its service's permissions, and the files that are loaded at run time", async () => {
  for (const service of SERVICES) {
    const args = compileArgs(service, `dist/dark-tower-${service}`, []);
    assertEquals(
      args.filter((arg) => arg.startsWith("--allow-")),
      permissionFlags(standalonePermissions(service, CHECKOUT)),
    );
    assertEquals(args[args.indexOf("--output") + 1], `dist/dark-tower-${service}`);
    for (const [index, arg] of args.entries()) {
      if (arg !== "--include" || args[index + 1]?.includes("/dist")) continue;
      assert((await Deno.stat(`${root}/${args[index + 1]}`)).isFile);
    }
  }
});

Deno.test("compile › what is left out is there to be left out", async () => {
  const excluded = await excludedFolders(root);
  assertEquals(excluded.length, EXCLUDED.length);
  for (const folder of excluded) assert((await Deno.stat(`${root}/${folder}`)).isDirectory);
});

Deno.test("compile › an executable holds its service's modules and Workers, and its permissions with the database's host", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-compiled-" });
  const file = `${folder}/auth`;
  const env = { DT_DATABASE_URL: "postgres://ac:secret@db.internal/ac" };
  // Deno in the place of its runtime for executables: what is embedded is the same, though it would not start.
  Deno.env.set("DENORT_BIN", Deno.execPath());
  const { success, lines } = await compileService("auth", file, env);
  Deno.env.delete("DENORT_BIN");
  assert(success, lines.join("\n"));
  const text = new TextDecoder("latin1").decode(await Deno.readFile(file));
  await Deno.remove(folder, { recursive: true });
  const has = (part: string) => text.includes(part);
  assertEquals(
    ["password_hasher_worker.ts", "audit_store_worker.ts", "argon2"].filter((part) => !has(part)),
    [],
  );
  assertEquals(["meeting/main.ts", "chromium-bidi/", "playwright-core/lib", "secret@"].filter(has), []);
  const [permissions] = /"permissions":\{[^}]*\}/.exec(text) ?? [];
  const { allow_net, allow_ffi, allow_run, allow_write } = JSON.parse(`{${permissions}}`).permissions;
  assertEquals(allow_net, ["127.0.0.1:8081", "db.internal:5432"]);
  assertEquals([allow_ffi, allow_run, allow_write], [["node_modules/.deno"], null, [".data/auth"]]);
  const [, early] = /"preload_modules":(\[[^\]]*\])/.exec(text) ?? [];
  const [first, ...more] = JSON.parse(early ?? "[]");
  assert(first?.endsWith("shared/service/listen_early.ts") && more.length === 0, early);
});

Deno.test("compile › where the runtime for executables can't be had it says so in one line, with what names a local one", async () => {
  const compile = async (denort: string) => {
    const { code, lines } = await runCommand(Deno.execPath(), {
      args: ["task", "--quiet", "compile"],
      cwd: root,
      env: { DENORT_BIN: denort, NO_COLOR: "1" },
    });
    return { code, last: lines.at(-1) };
  };
  assertEquals(await compile("/nowhere"), {
    code: 1,
    last: 'compile: DENORT_BIN is "/nowhere", which is not a file',
  });
});
