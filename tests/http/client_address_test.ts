import { assertEquals } from "@std/assert";
import { addressSet, clientAddress } from "../../shared/http/mod.ts";
import { addressKey } from "../../shared/limits/address_key.ts";

const proxies = addressSet(["127.0.0.1", "::1", "10.0.0.0/8", "fd00::/8"]);

function behind(headers: Record<string, string>, peer = "127.0.0.1"): string {
  return clientAddress(new Headers(headers), peer, proxies);
}

const v4 = ["203.0.113.20", "203.0.113.20:50123", '"203.0.113.20:50123"', "::ffff:203.0.113.20"];
const mapped = ["[::ffff:203.0.113.20]", "[::FFFF:cb00:7114]:443", "0:0:0:0:0:ffff:cb00:7114"];
for (const spelling of [...v4, ...mapped]) {
  Deno.test(`client address › X-Forwarded-For: ${spelling} is 203.0.113.20`, () => {
    assertEquals(behind({ "x-forwarded-for": spelling }), "203.0.113.20");
  });
}

const v6 = ["2001:db8::1", "2001:DB8:0:0::1", "[2001:db8::1]", "[2001:db8::1]:50123", "2001:db8::1%eth0"];
for (const spelling of [...v6, '"[2001:db8::1]:50123"']) {
  Deno.test(`client address › X-Forwarded-For: ${spelling} is 2001:db8::1`, () => {
    assertEquals(behind({ "x-forwarded-for": spelling }), "2001:db8::1");
  });
}

for (const peer of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.9.8.7", "::ffff:10.9.8.7", "fd00::5%eth0"]) {
  Deno.test(`client address › the proxy ${peer} is trusted in this spelling`, () => {
    assertEquals(behind({ "x-forwarded-for": "198.51.100.7" }, peer), "198.51.100.7");
  });
}

Deno.test("client address › of several hops the first that no trusted proxy vouches for is the client", () => {
  const hops = "192.0.2.66, 203.0.113.20:1, [fd00::9]:443, ::ffff:10.1.2.3";
  assertEquals(behind({ "x-forwarded-for": hops }), "203.0.113.20");
  assertEquals(behind({ "x-forwarded-for": hops }, "192.0.2.1"), "192.0.2.1");
  assertEquals(behind({ "x-forwarded-for": "unknown" }), "127.0.0.1");
  assertEquals(behind({ "x-forwarded-for": "203.0.113.20, nonsense, 10.0.0.1" }), "10.0.0.1");
});

const forwarded: Record<string, string> = {
  "for=203.0.113.20": "203.0.113.20",
  'For="203.0.113.20:50123";proto=https': "203.0.113.20",
  'proto=https; for="[2001:db8::1]:4711"': "2001:db8::1",
  'for=192.0.2.66, for=203.0.113.20;by="a,b", for=10.0.0.1': "203.0.113.20",
  'FOR="[2001:DB8:0:0::1]"': "2001:db8::1",
  'for="[::FFFF:203.0.113.20]:443"': "203.0.113.20",
  'for="[2001:db8::1%eth0]:443";host=x': "2001:db8::1",
  'for = "[::1]", for="[::ffff:10.0.0.1]"': "::1",
  "for=_hidden": "127.0.0.1",
  "for=unknown, for=10.0.0.1": "10.0.0.1",
  "by=203.0.113.20": "127.0.0.1",
};
for (const [header, client] of Object.entries(forwarded)) {
  Deno.test(`client address › Forwarded: ${header} is ${client}`, () => {
    assertEquals(behind({ forwarded: header }), client);
  });
}

Deno.test("client address › Forwarded doesn't count beside X-Forwarded-For, nor from a stranger", () => {
  const headers = { forwarded: "for=192.0.2.66", "x-forwarded-for": "203.0.113.20" };
  assertEquals(behind(headers), "203.0.113.20");
  assertEquals(behind({ forwarded: "for=192.0.2.66" }, "198.51.100.7"), "198.51.100.7");
});

Deno.test("client address › in limits, one client has one key in every spelling, and two have two", () => {
  const keys = (texts: readonly string[]) => new Set(texts.map(addressKey));
  assertEquals(keys(["203.0.113.20", "::ffff:203.0.113.20", "::FFFF:CB00:7114"]), new Set(["203.0.113.20"]));
  assertEquals(keys(["2001:db8:1:2::3", "2001:DB8:1:2:0::4", "2001:db8:1:2::3%eth0"]).size, 1);
  assertEquals(keys(["::ffff:203.0.113.20", "::ffff:203.0.113.21"]).size, 2);
});
