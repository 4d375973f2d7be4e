import { assert, assertEquals } from "@std/assert";
import { type Hosts, mediaAddresses, type OwnAddress } from "../../../media/workers/media_addresses.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";

const lan: OwnAddress[] = [
  { family: "IPv4", address: "127.0.0.1" },
  { family: "IPv6", address: "::1" },
  { family: "IPv6", address: "fe80::1" },
  { family: "IPv4", address: "169.254.3.4" },
  { family: "IPv4", address: "192.168.1.7" },
  { family: "IPv4", address: "172.17.0.1" },
  { family: "IPv6", address: "2001:db8::7" },
];
const alone = lan.slice(0, 2);

const cases: readonly (readonly [what: string, Hosts, readonly OwnAddress[], readonly string[]])[] = [
  ["this machine's browsers", { host: "127.0.0.1", publicHost: "127.0.0.1" }, lan, [
    "127.0.0.1",
    "192.168.1.7",
    "2001:db8::7",
  ]],
  ["a name of the loopback address", { host: "localhost", publicHost: "localhost" }, lan, [
    "127.0.0.1",
    "192.168.1.7",
    "2001:db8::7",
  ]],
  ["a machine without a network", { host: "127.0.0.1", publicHost: "localhost" }, alone, ["127.0.0.1"]],
  ["a proxy of the same machine", { host: "127.0.0.1", publicHost: "meet.example.org" }, lan, [
    "192.168.1.7 as meet.example.org",
    "2001:db8::7",
  ]],
  ["a proxy, and an address of the machine", { host: "127.0.0.1", publicHost: "172.17.0.1" }, lan, [
    "172.17.0.1",
    "2001:db8::7",
  ]],
  ["a proxy, and no network", { host: "127.0.0.1", publicHost: "meet.example.org" }, alone, [
    "127.0.0.1 as meet.example.org",
  ]],
  ["all addresses", { host: "0.0.0.0", publicHost: "203.0.113.5" }, lan, [
    "0.0.0.0 as 203.0.113.5",
    "2001:db8::7",
  ]],
  ["all addresses, IPv6 announced", { host: "0.0.0.0", publicHost: "2001:db8::7" }, lan, [
    "0.0.0.0 as 2001:db8::7",
  ]],
  ["one address", { host: "192.168.1.7", publicHost: "203.0.113.5" }, lan, ["192.168.1.7 as 203.0.113.5"]],
  ["one address, announced itself", { host: "192.168.1.7", publicHost: "192.168.1.7" }, lan, ["192.168.1.7"]],
];

for (const [what, hosts, own, expected] of cases) {
  Deno.test(`media addresses › ${what}`, () => {
    const found = mediaAddresses(hosts, own).map(({ ip, announcedAddress }) =>
      announcedAddress === undefined ? ip : `${ip} as ${announcedAddress}`
    );
    assertEquals(found, expected);
  });
}

Deno.test("media addresses › a transport offers each of them over UDP and TCP, UDP first", async () => {
  const addresses = mediaAddresses({ host: "127.0.0.1", publicHost: "localhost" }, Deno.networkInterfaces());
  await using handler = await startHandler({ addresses });
  const { done, steps } = await openMeeting(handler.connect("one").control);
  const { recv: { iceCandidates } } = await done(steps.transports("ada"));
  const offered = [...iceCandidates].sort((one, other) => other.priority - one.priority);
  const ips = addresses.map(({ ip }) => ip);
  assertEquals(offered.map(({ protocol, ip, address }) => [protocol, address ?? ip]), [
    ...ips.map((ip) => ["udp", ip]),
    ...ips.map((ip) => ["tcp", ip]),
  ]);
  assert(offered.every(({ port }) => port === handler.firstPort));
});
