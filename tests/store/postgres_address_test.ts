import { assertEquals } from "@std/assert";
import { parsePostgresUrl } from "../../shared/store/postgres_address.ts";

const parsed = (url: string) => {
  const address = parsePostgresUrl(url);
  return address && [address.servers.map(({ host, port }) => `${host} ${port}`), address.mustBeWritable];
};

Deno.test("PostgreSQL URL › one server, and several, of which one that can be written is wanted", () => {
  assertEquals(parsed("postgres://h/d"), [["h 5432"], false]);
  assertEquals(parsed("postgresql://ann:s%40c%2Cret@[::1]:7000/d?sslmode=verify-full"), [
    ["::1 7000"],
    false,
  ]);
  assertEquals(parsed("postgres://ann:s@a:1,b,[::1]:3/d"), [["a 1", "b 5432", "::1 3"], true]);
  assertEquals(parsed("postgres://h/d?target_session_attrs=primary"), [["h 5432"], true]);
});

Deno.test("PostgreSQL URL › each server has a URL of its own, with user, database and options", () => {
  const address = parsePostgresUrl(
    "postgres://ann:s@a:1,b/d?sslmode=require&target_session_attrs=read-write",
  );
  assertEquals(address?.database, "d");
  assertEquals(address?.servers.map(({ url }) => url), [
    "postgres://ann:s@a:1/d?sslmode=require",
    "postgres://ann:s@b/d?sslmode=require",
  ]);
});

for (
  const url of [
    "postgres://a,/d",
    "postgres://a:b,c/d",
    "postgres://a,c/d?target_session_attrs=standby",
    "mysql://h/d",
  ]
) {
  Deno.test(`PostgreSQL URL › "${url}" is none`, () => assertEquals(parsePostgresUrl(url), undefined));
}
