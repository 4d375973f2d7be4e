import { assertEquals, assertStringIncludes } from "@std/assert";
import { serviceProcesses } from "../../shared/dev/services.ts";
import { aPlan } from "./a_plan.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const paths = { workerFile: "/w", mediasoupFolder: "/m", argon2Folders: [`${root}/node_modules`] };

for (const { name, args, env } of serviceProcesses(aPlan({ root }), paths, {})) {
  Deno.test(`service's start › ${name} loads everything it imports with no more than its permissions`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, "--help"],
      clearEnv: true,
      env: { ...env },
    }).output();
    const decoder = new TextDecoder();
    assertEquals(code, 0, decoder.decode(stderr));
    assertStringIncludes(decoder.decode(stdout), "DT_PORT");
  });
}
