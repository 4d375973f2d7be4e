import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { startUp, upPlace } from "./running_up.ts";
import { load } from "../../shared/config/load.ts";
import { pipeClash } from "../../shared/dev/up/pipe_clash.ts";
import { planOf, upSettings } from "../../shared/dev/up/settings.ts";
import { staysOnThisMachine } from "../../shared/dev/up/stays_on_this_machine.ts";
import { unreachableMedia } from "../../shared/dev/up/unreachable_media.ts";

function plan(env: Record<string, string>) {
  const loaded = load(upSettings(4), {
    env: (name) => env[name],
    readFile: () => {
      throw new Error("no file is expected to be read");
    },
  });
  return loaded.ok ? planOf(loaded.value, "/checkout", "/checkout") : loaded;
}

function message(env: Record<string, string>): string {
  const planned = plan(env);
  assert(!planned.ok);
  return planned.message;
}

function value(env: Record<string, string>) {
  const planned = plan(env);
  assert(planned.ok);
  return planned.value;
}

Deno.test("up's settings › defaults", () => {
  assertEquals(value({}), {
    root: "/checkout",
    dataDir: "/checkout/.data",
    port: 8080,
    host: "127.0.0.1",
    publicHost: "127.0.0.1",
    publicUrl: "http://localhost:8080",
    rtcPort: 44400,
    shards: 4,
    sfuWorkers: 4,
    handlers: 1,
    controllers: 1,
    authControllers: 1,
  });
});

Deno.test("up's settings › a machine with more cores than threads are allowed has as many as are", () => {
  const loaded = load(upSettings(96), { env: () => undefined, readFile: () => "" });
  assert(loaded.ok, loaded.ok ? "" : loaded.message);
  assertEquals([loaded.value.shards, loaded.value.sfuWorkers], [64, 64]);
  assert(planOf(loaded.value, "/checkout", "/checkout").ok);
});

Deno.test("up's settings › a checkout whose path has a comma is refused", () => {
  const loaded = load(upSettings(2), { env: () => undefined, readFile: () => "" });
  assert(loaded.ok);
  const planned = planOf(loaded.value, "/check,out", "/elsewhere");
  assertEquals(
    planned.ok ? "" : planned.message,
    'the folder is "/check,out"; it must be one whose path has no comma',
  );
});

Deno.test("up's settings › a wildcard address needs the one that browsers reach", () => {
  assertStringIncludes(message({ DT_HOST: "0.0.0.0" }), "DT_PUBLIC_HOST");
  assertEquals(
    value({ DT_HOST: "0.0.0.0", DT_PUBLIC_HOST: "meet.example.org" }).publicUrl,
    "http://meet.example.org:8080",
  );
});

Deno.test("up's settings › a value that does not fit is named with what it may be", () => {
  assertEquals(
    message({ DT_PORT: "eighty" }),
    'DT_PORT is "eighty"; it must be a whole number from 1 to 65535',
  );
  assertStringIncludes(message({ DT_SHARDS: "0" }), "DT_SHARDS");
});

Deno.test("up's settings › ports that would clash are refused", () => {
  assertStringIncludes(message({ DT_PORT: "44390" }), "would share port 44400");
  assertStringIncludes(message({ DT_PORT: "65530" }), "over 65535");
});

Deno.test("up's settings › pipes on a media port are refused, whichever handler's it is", () => {
  const planned = value({ DT_HANDLERS: "2", DT_RTC_PORT: "45950" });
  const clash = (given?: string) => pipeClash(planned, given);
  assertEquals([clash(), clash(""), clash("45000-45949"), clash("46054-46999")], Array(4).fill(undefined));
  for (const [given, port] of [["45000-45950", 45_950], ["46000-46050", 46_050]] as const) {
    assertEquals(
      clash(given),
      `DT_PIPE_PORTS is "${given}"; it must have none of the media ports, and ${port} is one ` +
        "(DT_RTC_PORT, DT_SFU_WORKERS, DT_HANDLERS)",
    );
  }
  assertEquals(
    clash("high"),
    'DT_PIPE_PORTS is "high"; it must be two ports from 1024 to 65535, as in 45000-45999',
  );
});

for (
  const [host, publicHost, publicUrl, stays] of [
    ["127.0.0.1", undefined, undefined, true],
    ["127.8.8.8", undefined, undefined, true],
    ["::1", "localhost", "http://localhost:8080", true],
    ["127.0.0.1", undefined, "https://meet.example.org", false],
    ["127.0.0.1", "192.0.2.7", undefined, false],
    ["0.0.0.0", "localhost", undefined, false],
    ["::", "localhost", undefined, false],
    ["192.0.2.7", undefined, undefined, false],
    ["127.0.0.1.example.org", undefined, undefined, false],
  ] as const
) {
  const where = [host, publicHost, publicUrl].filter((part) => part !== undefined).join(", ");
  Deno.test(`up's settings › ${where} ${stays ? "stays on this machine" : "is reached by others"}`, () => {
    assertEquals(staysOnThisMachine({ host, publicHost, publicUrl }), stays);
  });
}

Deno.test("up › a page for others with media on loopback is complained of, and nothing else is", () => {
  const publicUrl = "https://meet.example.org";
  const host = "127.0.0.1";
  const none = { host, publicHost: undefined, publicUrl: undefined };
  assertStringIncludes(unreachableMedia({ ...none, publicUrl }) ?? "", `DT_PUBLIC_URL is "${publicUrl}"`);
  assertStringIncludes(
    unreachableMedia({ ...none, publicHost: "localhost", publicUrl }) ?? "",
    "told localhost",
  );
  assertEquals(unreachableMedia({ ...none, publicHost: "203.0.113.5", publicUrl }), undefined);
  assertEquals(unreachableMedia({ ...none, host: "203.0.113.5", publicUrl }), undefined);
  assertEquals(unreachableMedia({ ...none, publicUrl: "https://localhost:8443" }), undefined);
  assertEquals(unreachableMedia(none), undefined);
});

Deno.test("up › it says so before it starts anything", async () => {
  const place = await upPlace();
  using _holder = Deno.listen({ hostname: "127.0.0.1", port: place.port });
  await using up = await startUp(place, { DT_PUBLIC_URL: "https://meet.example.org" });
  // The port is taken, so it goes no further.
  assertEquals(await up.exitCode, 2);
  assertStringIncludes(up.lines[0] ?? "", "browsers are told 127.0.0.1 for media");
  await Deno.remove(place.dataDir, { recursive: true });
});
