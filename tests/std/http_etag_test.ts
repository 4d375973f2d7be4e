import { eTag, ifMatch, ifNoneMatch } from "@std/http/etag";
import { STATUS_CODE, STATUS_TEXT } from "@std/http/status";
import { assert, assertEquals, assertFalse } from "@std/assert";

const info = { size: 1024, mtime: new Date(Date.UTC(96, 1, 2, 3, 4, 5, 6)) };

Deno.test("eTag › content has a strong tag of its length and digest", async () => {
  assertEquals(await eTag(""), `"0-47DEQpj8HBSa+/TImW+5JCeuQeR"`);
  assertEquals(await eTag(new Uint8Array()), `"0-47DEQpj8HBSa+/TImW+5JCeuQeR"`);
  assertEquals(await eTag("hello deno"), `"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"`);
  assertEquals(await eTag(new TextEncoder().encode("hello deno")), `"a-YdfmHmj2RiwOVqJupcf3PLK9PuJ"`);
  assert((await eTag("hello deno", { weak: true })).startsWith('W/"a-'));
  assert(await eTag("hello deno", { algorithm: "SHA-512" }) !== await eTag("hello deno"));
});

Deno.test("eTag › a file's information has a weak tag, none without a time of modification", async () => {
  assertEquals(await eTag(info), `W/"400-H0YzXysQPV20qNisAZMuvAEVuHV"`);
  assertEquals(await eTag({ size: 1, mtime: null }), undefined);
});

Deno.test("ifMatch › strong comparison", async () => {
  const tag = await eTag("hello deno");
  assert(ifMatch(tag, tag));
  assert(ifMatch(`"abcdefg", ${tag}`, tag));
  assert(ifMatch("*", tag));
  assertFalse(ifMatch(`"abcdefg"`, tag));
  assertFalse(ifMatch("*", await eTag(info)));
  assertFalse(ifMatch(null, tag));
  assertFalse(ifMatch(tag, undefined));
});

Deno.test("ifNoneMatch › weak comparison", async () => {
  const tag = await eTag("hello deno");
  assertFalse(ifNoneMatch(tag, tag));
  assertFalse(ifNoneMatch(`"abcdefg", ${tag}`, tag));
  assertFalse(ifNoneMatch("*", tag));
  assertFalse(ifNoneMatch(`W/${tag}`, tag));
  assertFalse(ifNoneMatch(`"400-H0YzXysQPV20qNisAZMuvAEVuHV"`, await eTag(info)));
  assert(ifNoneMatch(`"abcdefg"`, tag));
  assert(ifNoneMatch(null, tag));
  assert(ifNoneMatch(tag, undefined));
});

Deno.test("STATUS_CODE, STATUS_TEXT › codes by name and reason phrases by code", () => {
  assertEquals(STATUS_CODE.NotFound, 404);
  assertEquals(STATUS_CODE.TooManyRequests, 429);
  assertEquals(STATUS_TEXT[STATUS_CODE.NonAuthoritativeInfo], "Non-Authoritative Information");
  assertEquals(STATUS_TEXT[STATUS_CODE.Teapot], "I'm a teapot");
  assertEquals(Object.values(STATUS_CODE).sort(), Object.keys(STATUS_TEXT).map(Number).sort());
});
