import { assertEquals } from "@std/assert";
import { linkParts } from "../../../global/web/meeting/link_parts.ts";

const links = (text: string) => linkParts(text).flatMap(({ href }) => href ?? []);

Deno.test("links › addresses of the web are links, and nothing else is", () => {
  assertEquals(linkParts("see https://example.org/a?b=c#d now"), [
    { text: "see " },
    { text: "https://example.org/a?b=c#d", href: "https://example.org/a?b=c#d" },
    { text: " now" },
  ]);
  for (
    const text of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "xhttps://a.b",
      "https://",
    ]
  ) {
    assertEquals(linkParts(text), [{ text }], text);
  }
  assertEquals(links('<a href="https://example.org">x</a>'), ["https://example.org/"]);
});

Deno.test("links › what ends the sentence doesn't belong to the address, what was opened in it does", () => {
  assertEquals(links("(https://example.org/a)."), ["https://example.org/a"]);
  assertEquals(links("https://example.org/a_(b)!"), ["https://example.org/a_(b)"]);
  assertEquals(links("“https://example.org”, https://example.com?!"), [
    "https://example.org/",
    "https://example.com/",
  ]);
});

Deno.test("links › the text stays as it was written", () => {
  for (const text of ["a https://x.org\n(http://y.org/?q=1), b", "HTTPS://Example.ORG", ""]) {
    assertEquals(linkParts(text).map((part) => part.text).join(""), text);
  }
});
