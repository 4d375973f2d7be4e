import { get } from "node:http";
import { get as getSecurely } from "node:https";
import { assertEquals } from "@std/assert";
import {
  createHandler,
  type Route,
  serve,
  type Server,
  serveSecure,
  serveUpgrades,
} from "../../shared/http/mod.ts";
import { Upgrades } from "../../shared/http/upgrades.ts";
import { makeCertificate } from "../tls/certificates.ts";

const routes: Route[] = [{
  method: "GET",
  path: "/",
  handler: ({ clientAddress }) => new Response(clientAddress),
}];
const options = { hostname: "::", port: 0, handler: createHandler({ routes }) };

async function secure(): Promise<Server> {
  const folder = await Deno.makeTempDir();
  const { certFile, keyFile } = await makeCertificate(folder);
  const tls = { cert: await Deno.readTextFile(certFile), key: await Deno.readTextFile(keyFile) };
  const server = await serveSecure({ ...options, tls, folder });
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const kinds: Readonly<Record<string, () => Server | Promise<Server>>> = {
  "the runtime's server": () => serve(options),
  "the one by TLS": secure,
  "the one that upgrades": () => serveUpgrades(options, new Upgrades({ maxMessageBytes: 1_000 })),
};

/** What a server answers to a client that comes to this address of it. */
function asked(host: string, port: number, isSecure: boolean): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const ask = isSecure ? getSecurely : get;
  ask({ host, port, agent: false, rejectUnauthorized: false }, (answer) => {
    let text = "";
    answer.on("data", (more) => text += more).on("end", () => resolve(text));
  }).on("error", reject);
  return promise;
}

/** Whether this machine has IPv6 at all. */
function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::1", port: 0 }).close();
    return true;
  } catch {
    return false;
  }
}

for (const [kind, start] of Object.entries(kinds)) {
  Deno.test({
    name: `dual stack › to ${kind} a client by IPv4 has its own address, and one by IPv6 its`,
    ignore: !hasIpv6(),
    async fn() {
      await using server = await start();
      const isSecure = start === secure;
      assertEquals(await asked("127.0.0.1", server.port, isSecure), "127.0.0.1");
      assertEquals(await asked("::1", server.port, isSecure), "::1");
    },
  });
}
