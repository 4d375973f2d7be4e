import { assertEquals } from "@std/assert";
import { startCommand } from "../../../shared/dev/image/start_command.ts";

Deno.test("start command › a shell becomes the service, with its own variables and what it was given", async () => {
  const folder = "/srv/it's $HOME `x`";
  const environment = {
    DT_DATA_DIR: folder,
    DT_MASTER_KEY_FILE: "/run/secrets/key",
    DENO_DIR: "/deno",
    DT_ADMIN_PASSWORD: "secret",
    AWS_SECRET: "x",
  };
  const script = startCommand("auth", { read: [folder], env: "all" }, environment, "/usr/bin/env");
  const shown = script.replace("exec '/usr/bin/env'", "env; exec printf '%s\\n'");
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", shown, "sh", "user", "an argument"],
    clearEnv: true,
    env: environment,
  }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  const variables = lines.filter((line) => /^\w+=/.test(line)).map((line) => line.split("=")[0] ?? "");
  assertEquals(variables.filter((name) => name !== "PWD").toSorted(), [
    "DENO_DIR",
    "DT_DATA_DIR",
    "DT_MASTER_KEY_FILE",
  ]);
  assertEquals(lines.slice(-6), [
    "--cached-only",
    `--allow-read=${folder}`,
    "--allow-env",
    "auth/main.ts",
    "user",
    "an argument",
  ]);
});
