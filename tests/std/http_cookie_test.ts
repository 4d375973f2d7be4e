import { type Cookie, deleteCookie, getCookies, setCookie } from "@std/http/cookie";
import { assertEquals, assertThrows } from "@std/assert";

const parsed = (cookie: string) => getCookies(new Headers({ cookie }));
const set = (cookie: Cookie) => {
  const headers = new Headers();
  setCookie(headers, cookie);
  return headers.get("set-cookie");
};

Deno.test("getCookies › reads every cookie of the header", () => {
  assertEquals(getCookies(new Headers()), {});
  assertEquals(parsed("foo=bar"), { foo: "bar" });
  assertEquals(parsed("full=of  ; tasty=chocolate"), { full: "of  ", tasty: "chocolate" });
  assertEquals(parsed("PREF=al=en-GB&f1=123; wide=1"), { PREF: "al=en-GB&f1=123", wide: "1" });
});

Deno.test("getCookies › a name that objects have already is a name like any other", () => {
  assertEquals(Object.keys(parsed("__proto__=a; toString=b")), ["__proto__", "toString"]);
  assertEquals(Object.getPrototypeOf(parsed("__proto__=a")), Object.prototype);
});

Deno.test("setCookie › writes the attributes in their order", () => {
  assertEquals(set({ name: "Space", value: "Cat" }), "Space=Cat");
  assertEquals(
    set({
      name: "Space",
      value: "Cat",
      unparsed: ["batman=Bruce"],
      expires: Date.UTC(1983, 0, 7, 15, 32),
      path: "/a",
      sameSite: "Lax",
      domain: "deno.land",
      maxAge: 0,
      partitioned: true,
      httpOnly: true,
      secure: true,
    }),
    "Space=Cat; Secure; HttpOnly; Partitioned; Max-Age=0; Domain=deno.land; SameSite=Lax; Path=/a; " +
      "Expires=Fri, 07 Jan 1983 15:32:00 GMT; batman=Bruce",
  );
  assertEquals(set({ name: "", value: "x" }), null);
});

Deno.test("setCookie › keeps what a name's prefix promises", () => {
  assertEquals(set({ name: "__Secure-Kitty", value: "Meow" }), "__Secure-Kitty=Meow; Secure");
  assertEquals(
    set({ name: "__Host-Kitty", value: "Meow", domain: "deno.land", path: "/x" }),
    "__Host-Kitty=Meow; Secure; Path=/",
  );
});

Deno.test("setCookie › appends beside another cookie", () => {
  const headers = new Headers();
  setCookie(headers, { name: "a", value: "1" });
  setCookie(headers, { name: "b", value: "2" });
  assertEquals(headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("setCookie › refuses what would break the header", () => {
  for (const name of ['"id"', "id\t", "i d", "i;d", "{id}", "[id]", "id\u0091", "a=b"]) {
    assertThrows(() => set({ name, value: "Cat" }), SyntaxError, `Invalid cookie name: "${name}".`);
  }
  for (
    const value of ["1f\tWa", "1f Wa", "1f;Wa", '"1fWa', "1f\\Wa", "1fWa\u0005", "1f\u0091Wa", "a,b", "\x7f"]
  ) {
    assertThrows(() => set({ name: "Space", value }), SyntaxError, "RFC2616 cookie 'Space'");
  }
  assertThrows(
    () => set({ name: "Space", value: "Cat", path: "/;domain=sub.domain.com" }),
    SyntaxError,
    "/;domain=sub.domain.com: Invalid cookie path char ';'",
  );
  for (const domain of ["-domain.com", "domain.org.", "domain.org-"]) {
    assertThrows(() => set({ name: "Space", value: "Cat", domain }), SyntaxError, domain);
  }
  assertThrows(() => set({ name: "Space", value: "Cat", maxAge: -1 }), RangeError);
});

Deno.test("deleteCookie › ends the cookie, with the attributes that it had", () => {
  const headers = new Headers();
  deleteCookie(headers, "deno");
  deleteCookie(headers, "deno", { path: "/a", secure: true, httpOnly: true });
  const end = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  assertEquals(headers.getSetCookie(), [`deno=; ${end}`, `deno=; Secure; HttpOnly; Path=/a; ${end}`]);
});
