import { freePort } from "../../auth/auth_process.ts";

/** Starts `oidc-provider` under Node, with one client, and waits until it listens. */
export async function startOidcProvider(
  clientId: string,
  clientSecret: string,
): Promise<AsyncDisposable & { readonly port: number }> {
  const port = freePort();
  const child = new Deno.Command("node", {
    args: [new URL("./oidc_provider.mjs", import.meta.url).pathname, String(port), clientId, clientSecret],
    stdout: "piped",
    stderr: "null",
    env: { NODE_ENV: "production" },
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  let written = "";
  for await (const text of lines) {
    written += text;
    if (written.includes("listening")) break;
  }
  if (!written.includes("listening")) throw new Error(`oidc-provider did not start: ${written}`);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}
