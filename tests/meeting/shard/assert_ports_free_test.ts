import { assertThrows } from "@std/assert";
import { assertPortsFree } from "../../../meeting/shard/assert_ports_free.ts";
import { StartError } from "../../../shared/service/mod.ts";
import { freePorts } from "../../free_ports.ts";

Deno.test("shards' ports › a taken one is told", () => {
  const first = freePorts(2);
  assertPortsFree("127.0.0.1", first, 2);
  using _taken = Deno.listen({ hostname: "127.0.0.1", port: first + 1 });
  assertThrows(() => assertPortsFree("127.0.0.1", first, 2), StartError, `port ${first + 1}`);
});

Deno.test("shards' ports › more than there are after the first are told by both settings", () => {
  assertThrows(
    () => assertPortsFree("127.0.0.1", 65_535, 2),
    StartError,
    'DT_SHARD_PORT is "65535" and DT_SHARDS is "2"; the last port would be 65536, over 65535',
  );
});
