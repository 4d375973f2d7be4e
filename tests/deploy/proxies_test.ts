import { assert, assertEquals } from "@std/assert";
import { join, signIn } from "../faults/https_caller.ts";
import { ready, startUp, upPlace } from "../dev/running_up.ts";
import { freePorts } from "../free_ports.ts";
import { startNames } from "./support/names.ts";
import { statusFrom } from "./support/status_from.ts";
import { makeCertificate, servedCertificate } from "../tls/certificates.ts";

const deploy = new URL("../../deploy/", import.meta.url).pathname;
const operator = { email: "ann@example.org", password: "a password of mine" };

interface Place {
  /** Where the proxy listens, GC behind it, and the first shard. */
  readonly ports: { readonly proxy: number; readonly page: number; readonly shard: number };
  readonly folder: string;
  readonly certFile: string;
  readonly keyFile: string;
  /** The port of a name server that has all names at 127.0.0.1. */
  readonly namesPort: number;
}

interface Proxy {
  readonly name: string;
  /** Writes the configuration of the guide with this place's addresses, and answers the command that runs it. */
  prepare(place: Place): Promise<{ readonly program: string; readonly args: readonly string[] }>;
}

/** Replaces each text, which must be there: what the guide shows is what is tested. */
function replaced(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((before, [from, to]) => {
    assert(before.includes(from), `the configuration has no "${from}"`);
    return before.replaceAll(from, to);
  }, text);
}

const nginx: Proxy = {
  name: "nginx",
  async prepare({ ports, folder, certFile, keyFile }) {
    const site = replaced(await Deno.readTextFile(`${deploy}nginx/dark-tower.conf`), [
      ["listen 443 ssl", `listen 127.0.0.1:${ports.proxy} ssl`],
      ["server_name meet.example.org", "server_name localhost"],
      ["/etc/ssl/dark-tower/certificate.pem", certFile],
      ["/etc/ssl/dark-tower/key.pem", keyFile],
      ["http://127.0.0.1:809$1", `http://127.0.0.1:${String(ports.shard).slice(0, -1)}$1`],
      ["http://127.0.0.1:8080", `http://127.0.0.1:${ports.page}`],
    ]);
    return await nginxWith(site, folder);
  },
};

const nginxInKubernetes: Proxy = {
  name: "nginx in Kubernetes",
  async prepare({ ports, folder, certFile, keyFile, namesPort }) {
    const plain = freePorts(1);
    const site = replaced(await Deno.readTextFile(`${deploy}kubernetes/front.conf`), [
      ["resolver kube-dns.kube-system.svc.cluster.local", `resolver 127.0.0.1:${namesPort}`],
      ["listen 8080", `listen 127.0.0.1:${plain}`],
      ["listen 8443 ssl", `listen 127.0.0.1:${ports.proxy} ssl`],
      ["/run/secrets/tls.crt", certFile],
      ["/run/secrets/tls.key", keyFile],
      // `up` has its own names for controllers.
      ["meeting-[0-9]+", "mc-[0-9]+"],
      [":809$shard", `:${String(ports.shard).slice(0, -1)}$shard`],
      ["svc.cluster.local:8080", `svc.cluster.local:${ports.page}`],
    ]);
    return await nginxWith(site, folder);
  },
};

/** What runs nginx with one site, in the foreground, with all that it writes in the folder. */
async function nginxWith(site: string, folder: string): ReturnType<Proxy["prepare"]> {
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join("\n");
  const main = `daemon off; pid ${folder}/pid; error_log stderr; events {}
http { access_log off; ${paths} ${site} }`;
  await Deno.writeTextFile(`${folder}/nginx.conf`, main);
  return { program: "nginx", args: ["-p", folder, "-c", `${folder}/nginx.conf`] };
}

const caddy: Proxy = {
  name: "Caddy",
  async prepare({ ports, folder, certFile, keyFile }) {
    const site = replaced(await Deno.readTextFile(`${deploy}caddy/Caddyfile`), [
      ["meet.example.org {", `https://localhost:${ports.proxy} {\n\ttls ${certFile} ${keyFile}\n`],
      ["127.0.0.1:8090", `127.0.0.1:${ports.shard}`],
      ["127.0.0.1:8080", `127.0.0.1:${ports.page}`],
    ]);
    await Deno.writeTextFile(`${folder}/Caddyfile`, `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
    return { program: "caddy", args: ["run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"] };
  },
};

/** What a client writes to be taken for another one: an address of nobody, the other client's, the proxy's, a list. */
const forgeries: readonly Readonly<Record<string, string>>[] = [
  { "x-forwarded-for": "203.0.113.9" },
  { "x-forwarded-for": "127.0.0.3" },
  { "x-forwarded-for": "127.0.0.1" },
  { "x-forwarded-for": "203.0.113.9, 127.0.0.1" },
  { forwarded: "for=203.0.113.9" },
];

const handshakeWithoutSubprotocol = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

for (const { name, prepare } of [nginx, caddy, nginxInKubernetes]) {
  Deno.test(`behind ${name} › one joins by https and wss, with the configuration of the guide`, async (t) => {
    const place = await upPlace();
    const folder = await Deno.makeTempDir({ prefix: "dark-tower-proxy-" });
    const proxy = freePorts(1);
    // nginx appends the shard's number to all digits of the port but the last.
    const port = Math.ceil(place.port / 10) * 10;
    const { certFile, keyFile } = await makeCertificate(folder);
    const ports = { proxy, page: port, shard: port + 10 };
    using names = startNames();
    const { program, args } = await prepare({ ports, folder, certFile, keyFile, namesPort: names.port });
    const server = new Deno.Command(program, {
      args: [...args],
      env: { HOME: folder },
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const page = `https://localhost:${proxy}`;
      await using up = await startUp(place, {
        DT_PORT: String(port),
        DT_ADMIN_EMAIL: operator.email,
        DT_ADMIN_PASSWORD: operator.password,
        DT_PUBLIC_URL: page,
        DT_PUBLIC_SIGNALING_URL: `wss://localhost:${proxy}/shards/{controller}/{shard}/signaling`,
        DT_TRUSTED_PROXIES: "127.0.0.1",
        DT_LIMIT_UNKNOWN_CODES_PER_MINUTE: "1",
        DT_LIMIT_REFUSED_HANDSHAKES_PER_SECOND: "1",
        DT_LIMIT_REFUSED_HANDSHAKE_BURST: "1",
      });
      await ready(up);
      while (!await servedCertificate(proxy).then(() => true, () => false));
      const ca = await Deno.readTextFile(certFile);
      using caller = await signIn(page, ca, operator);
      const ticket = await (await caller.createMeeting())();
      assertEquals(ticket.signaling_url, `wss://localhost:${proxy}/shards/mc-1/0/signaling`);
      const participant = await join(ticket, ca);
      assertEquals(participant.answer.ok, true);
      assertEquals((await participant.request("session.ping", {})).ok, true);
      participant.socket.close();
      using client = Deno.createHttpClient({ caCerts: [ca] });
      const status = async (path: string) => {
        const answer = await fetch(`${page}${path}`, { client });
        await answer.body?.cancel();
        return answer.status;
      };
      const inside = ["/metrics", "/debug/actors", "/ready"];
      assertEquals([await status("/"), await status("/health")], [200, 200]);
      for (const path of inside) assertEquals(await status(path), 404, path);
      await t.step(
        "GC counts clients by their own addresses, whatever they write into headers",
        async () => {
          const url = `${page}/api/v1/meetings/${"a".repeat(22)}`;
          const guess = (address: string, headers = {}) => statusFrom(address, { url, ca, headers });
          assertEquals([await guess("127.0.0.2"), await guess("127.0.0.2")], [404, 429]);
          for (const headers of forgeries) {
            assertEquals(await guess("127.0.0.2", headers), 429, JSON.stringify(headers));
          }
          assertEquals([await guess("127.0.0.3"), await guess("127.0.0.3")], [404, 429]);
        },
      );
      await t.step("a shard counts clients by their own addresses, too", async () => {
        const url = `${page}/shards/mc-1/0/signaling`;
        const knock = (address: string, headers = {}) =>
          statusFrom(address, { url, ca, headers: { ...handshakeWithoutSubprotocol, ...headers } });
        // One a second is answered 400. If forged addresses counted, each would have one.
        const forged = Array.from({ length: 20 }, (_, n) => ({ "x-forwarded-for": `203.0.113.${n}` }));
        const statuses = await Promise.all(forged.map((headers) => knock("127.0.0.2", headers)));
        assertEquals(new Set(statuses), new Set([400, 429]));
        assertEquals(await knock("127.0.0.3"), 400);
      });
      up.kill("SIGTERM");
      assertEquals(await up.exitCode, 0);
      if (name !== nginxInKubernetes.name) return;
      const domain = "dark-tower.svc.cluster.local";
      assertEquals([...names.asked].toSorted(), [`global.${domain}`, `mc-1.meeting.${domain}`]);
      const away = await fetch(`${page}/api/v1/meetings`, { client });
      assertEquals([away.status, away.headers.get("retry-after")], [503, "1"]);
      assertEquals((await away.json()).error.code, "UNAVAILABLE");
    } finally {
      // nginx ends its worker process with itself, unless it is killed.
      server.kill("SIGTERM");
      await server.status;
      await Deno.remove(folder, { recursive: true });
    }
  });
}

for (const file of ["nginx/dark-tower.conf", "nginx/several-machines.conf", "kubernetes/front.conf"]) {
  Deno.test(`${file} › metrics, debug routes and readiness are for the inside`, async () => {
    const text = await Deno.readTextFile(`${deploy}${file}`);
    assert(text.includes("location ~ ^/(metrics|debug|ready) {\n    return 404;"));
  });

  Deno.test(`${file} › a location that sets headers says who the client is, as it inherits none`, async () => {
    const locations = (await Deno.readTextFile(`${deploy}${file}`)).split(/^ {2}location /m).slice(1);
    const own = locations.map((text) => text.slice(0, text.indexOf("\n  }")))
      .filter((text) => text.includes("proxy_set_header"));
    assert(own.length > 0);
    for (const text of own) assert(text.includes("proxy_set_header X-Forwarded-For $remote_addr;"), text);
  });
}
