import { assert, assertEquals } from "@std/assert";
import { compileArgs, excludedFolders } from "../../shared/dev/compile.ts";
import { SERVICES } from "../../shared/dev/service_names.ts";
import { CHECKOUT, standalonePermissions } from "../../shared/dev/standalone.ts";
import { permissionFlags } from "../../shared/dev/permission_flags.ts";

const root = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("compile › each executable has its service's permissions, and the files that are loaded at run time", async () => {
  for (const service of SERVICES) {
    const args = compileArgs(service, []);
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
  assertEquals(excluded.length, 3);
  for (const folder of excluded) assert((await Deno.stat(`${root}/${folder}`)).isDirectory);
});
