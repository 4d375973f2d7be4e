import { assertEquals } from "@std/assert";
import { hashOfNobody, hashPassword, isPasswordOf } from "../../../auth/passwords/password_hash.ts";

Deno.test("password hash › nobody's is checked with the same work as anybody's, and is no password's", () => {
  const parts = (hash: string) => hash.split("$");
  const [real, nobody] = [parts(hashPassword("a password")), parts(hashOfNobody())];
  assertEquals(nobody.slice(0, 4), real.slice(0, 4));
  assertEquals(real.slice(0, 4), ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
  assertEquals(nobody.map((part) => part.length), real.map((part) => part.length));
  assertEquals(isPasswordOf(hashOfNobody(), "a password"), false);
});

Deno.test("password hash › a password is one however its accents were typed", () => {
  assertEquals(isPasswordOf(hashPassword("caf\u00e9 at noon"), "cafe\u0301 at noon"), true);
});
