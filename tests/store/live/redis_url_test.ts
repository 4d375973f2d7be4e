import { assertEquals } from "@std/assert";
import { parseRedisUrl } from "../../../shared/store/live/redis/parse_redis_url.ts";

const plain = {
  nodes: [{ host: "h", port: 6379 }],
  master: undefined,
  tls: false,
  username: undefined,
  password: undefined,
  database: 0,
  prefix: "dt:",
};

Deno.test("Redis URL › a server, with and without all that may stand in it", () => {
  assertEquals(parseRedisUrl("redis://h"), plain);
  assertEquals(parseRedisUrl("rediss://ann:s%3Acret@[::1]:7000/3?prefix=b%3A"), {
    ...plain,
    nodes: [{ host: "::1", port: 7000 }],
    tls: true,
    username: "ann",
    password: "s:cret",
    database: 3,
    prefix: "b:",
  });
  assertEquals(parseRedisUrl("redis://:secret@h:80"), {
    ...plain,
    nodes: [{ host: "h", port: 80 }],
    password: "secret",
  });
});

Deno.test("Redis URL › Sentinels", () => {
  assertEquals(parseRedisUrl("rediss+sentinel://u:p@a:1,b/main?database=2"), {
    ...plain,
    nodes: [{ host: "a", port: 1 }, { host: "b", port: 26379 }],
    master: "main",
    tls: true,
    username: "u",
    password: "p",
    database: 2,
  });
});

Deno.test("Redis URL › nothing else", () => {
  const others = [
    "",
    "h:6379",
    "http://h",
    "redis://",
    "redis://h/x",
    "redis://h/-1",
    "redis://a,b/0",
    "redis://h?database=1",
    "redis://h?other=1",
    "redis+sentinel://h",
    "redis+sentinel://h/",
    "redis+sentinel://h/a/b",
  ];
  assertEquals(others.map(parseRedisUrl), others.map(() => undefined));
});
