import { assert, assertEquals } from "@std/assert";

const deploy = new URL("../../deploy/", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, deploy));

/** The number of shards of one controller that each file has a way for. */
const files: Record<string, (text: string) => number> = {
  "nginx/dark-tower.conf": (text) => text.includes("/([0-9])/signaling$") ? 10 : 0,
  "nginx/several-machines.conf": (text) => text.includes("/(?<shard>[0-9])/signaling$") ? 10 : 0,
  "caddy/Caddyfile": (text) => text.match(/handle \/shards\/mc-1\/\d\/signaling/g)?.length ?? 0,
};

for (const [path, ways] of Object.entries(files)) {
  Deno.test(`proxies › ${path} names the settings that it needs: media's address, and as many shards as it has ways for`, async () => {
    const text = await read(path);
    const first = text.split("\n").filter((line) => line.startsWith("#")).join("\n");
    for (const name of ["PUBLIC_URL", "PUBLIC_SIGNALING_URL", "TRUSTED_PROXIES", "PUBLIC_HOST"]) {
      assert(first.includes(`#   DT_${name}`), name);
    }
    const most = /DT_SHARDS=(\d+) or fewer/.exec(first)?.[1];
    assertEquals(Number(most), ways(text));
  });
}

Deno.test("proxies › the inner ways of several machines are for this machine, hand on nobody's forged address, and are in the table of ports", async () => {
  const text = await read("nginx/several-machines.conf");
  const table = await read("../docs/operating.md");
  const inner = text.split(/^server \{$/m).slice(2);
  assertEquals(inner.length, 2);
  for (const [index, server] of inner.entries()) {
    const port = 8180 + index;
    assertEquals(server.match(/listen .*;/g), [`listen 127.0.0.1:${port};`]);
    for (const header of ["X-Forwarded-For", "Forwarded"]) {
      assert(server.includes(`proxy_set_header ${header} "";`), `${port}: ${header}`);
    }
    assert(new RegExp(`^\\| [^|]*\\b${port}\\b`, "m").test(table), String(port));
  }
});
