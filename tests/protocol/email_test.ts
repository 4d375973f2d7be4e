import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { email } from "../../shared/protocol/rest.ts";

for (
  const [written, stored] of [
    ["Ann@Example.ORG", "ann@example.org"],
    ["admin@müller.example", "admin@xn--mller-kva.example"],
    ["admin@xn--mller-kva.example", "admin@xn--mller-kva.example"],
    ["admin@MU\u0308LLER.example", "admin@xn--mller-kva.example"],
    ["admin@faß.example", "admin@xn--fa-hia.example"],
    ["admin@例え。テスト", "admin@xn--r8jz45g.xn--zckzah"],
    ["ann@example.org.", "ann@example.org"],
    ["Zoe\u0308@example.org", "zoë@example.org"],
    ["o'hara+x@example.org", "o'hara+x@example.org"],
    ["ann@localhost", "ann@localhost"],
  ] as const
) {
  Deno.test(`e-mail › ${written} is ${stored}`, () => assertEquals(email.parse(written), stored));
}

for (
  const none of [
    "",
    "ann",
    "@example.org",
    "ann@",
    "a@b@c",
    "ann@exa mple.org",
    "ann@example.org/x",
    "ann@[::1]",
    "ann@b:80",
    "a\u0000@b",
    "a\ud800@b",
    "ann@%61",
    "ann@.",
    "ann@..",
    "ann@a..b",
    "ann@.a",
    `${"a".repeat(250)}@example.org`,
  ]
) {
  Deno.test(`e-mail › ${JSON.stringify(none.slice(0, 20))} is none`, () => {
    assertEquals(email.safeParse(none).success, false);
  });
}

Deno.test("e-mail › an accepted address is accepted again unchanged", () => {
  const part = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const domain = fc.oneof(part, fc.string({ unit: fc.constantFrom("a", ".", "。", "-"), minLength: 1 }));
  fc.assert(
    fc.property(part, domain, (local, domain) => {
      const once = email.safeParse(`${local}@${domain}`);
      if (once.success) assertEquals(email.parse(once.data), once.data);
    }),
    { numRuns: 2_000 },
  );
});
