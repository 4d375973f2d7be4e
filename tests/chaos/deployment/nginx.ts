import { assert } from "@std/assert";
import { servedCertificate } from "../../tls/certificates.ts";
import type { TlsFiles } from "../../../shared/dev/up/self_signed.ts";

const file = new URL("../../../deploy/nginx/several-machines.conf", import.meta.url);

/** The addresses of a deployment whose first GC is on `port`: the proxy 300 further on, the inner ways to GC and AC next. */
export async function startNginx(
  folder: string,
  { certFile, keyFile, port }: TlsFiles & { readonly port: number },
): Promise<AsyncDisposable> {
  const text = (await Deno.readTextFile(file)).replace(/^#.*\n/gm, "");
  const moved = new Map<string, string>([
    ["listen 443 ssl", `listen 127.0.0.1:${port + 300} ssl`],
    ["listen 127.0.0.1:8180", `listen 127.0.0.1:${port + 301}`],
    ["listen 127.0.0.1:8181", `listen 127.0.0.1:${port + 302}`],
    ["server_name meet.example.org", "server_name localhost"],
    ["/etc/ssl/dark-tower/certificate.pem", certFile],
    ["/etc/ssl/dark-tower/key.pem", keyFile],
    ...[8080, 8081, 8120, 8121].map((one) =>
      [`127.0.0.1:${one} `, `127.0.0.1:${port + one - 8080} `] as const
    ),
    ...[809, 819].map((one) => [`127.0.0.1:${one};`, `127.0.0.1:${port / 10 + one - 808};`] as const),
  ]);
  const site = [...moved].reduce((before, [from, to]) => {
    assert(before.includes(from), `the configuration has no "${from}"`);
    return before.replaceAll(from, to);
  }, text);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/nginx_${name};`).join("\n");
  const main = `daemon off; pid ${folder}/nginx.pid; error_log stderr; events {}
http { access_log off; ${paths} ${site} }`;
  await Deno.writeTextFile(`${folder}/nginx.conf`, main);
  const process = new Deno.Command("nginx", {
    args: ["-p", folder, "-c", `${folder}/nginx.conf`],
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  process.status.then(() => ended = true);
  while (!ended && !await servedCertificate(port + 300).then(() => true, () => false));
  if (ended) throw new Error("nginx has ended");
  return {
    async [Symbol.asyncDispose]() {
      // nginx ends its worker process with itself, unless it is killed.
      process.kill("SIGTERM");
      await process.status;
    },
  };
}
