import { assertEquals } from "@std/assert";
import { definition } from "../../../meeting/settings.ts";
import { shardEndpoints } from "../../../meeting/shard/shard_endpoints.ts";
import { load } from "../../../shared/config/mod.ts";

/** Where the second shard of two is. */
function second(env: Record<string, string>) {
  const all: Record<string, string> = { DT_CLIENT_SECRET: "none", DT_SHARDS: "2", ...env };
  const loaded = load(definition, { env: (name) => all[name], readFile: () => "" });
  if (!loaded.ok) throw new Error(loaded.message);
  return shardEndpoints(loaded.value).shards[1];
}

Deno.test("shard's addresses › on one machine, by TLS, and behind a proxy on a machine of its own", () => {
  assertEquals(second({}), {
    shard: "1",
    signaling_url: "ws://localhost:8091/signaling",
    internal_url: "http://127.0.0.1:8083/api/v1/internal/shards/1",
    probe_url: "http://127.0.0.1:8091/health",
  });
  const tls = second({ DT_TLS_CERT_FILE: "/c", DT_TLS_KEY_FILE: "/k", DT_PUBLIC_HOST: "meet.example" });
  assertEquals(
    [tls?.signaling_url, tls?.probe_url],
    ["wss://meet.example:8091/signaling", "https://127.0.0.1:8091/health"],
  );
  const away = second({
    DT_HOST: "0.0.0.0",
    DT_CONTROLLER_ID: "mc-7",
    DT_CONTROL_URL: "http://mc-7.internal:8083",
    DT_PUBLIC_SIGNALING_URL: "wss://meet.example/shards/{controller}/{shard}/signaling",
  });
  assertEquals(away, {
    shard: "1",
    signaling_url: "wss://meet.example/shards/mc-7/1/signaling",
    internal_url: "http://mc-7.internal:8083/api/v1/internal/shards/1",
    probe_url: "http://mc-7.internal:8091/health",
  });
});
