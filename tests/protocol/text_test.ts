import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { chatText, displayName, id, limits, reactionText } from "../../shared/protocol/text.ts";

Deno.test("display name › is trimmed and composed to NFC", () => {
  assertEquals(displayName.parse("  Zoe\u0308 "), "Zo\u00eb");
});

Deno.test("display name › is counted in characters, not in UTF-16 units", () => {
  assertEquals(displayName.safeParse("😀".repeat(64)).success, true);
  assertEquals(displayName.safeParse("😀".repeat(65)).success, false);
});

const invisible = [
  ["a zero-width space", "\u200b"],
  ["a Hangul filler", "\u3164"],
  ["a blank Braille pattern", "\u2800"],
  ["tag characters", "\u{e0041}\u{e0042}"],
  ["a soft hyphen and a word joiner", "\u00ad\u2060"],
  ["a variation selector", "\ufe0f"],
  ["characters that mean nothing", "\ue000\u{10ffff}"],
] as const;

for (const [what, text] of invisible) {
  Deno.test(`texts that people see › ${what} alone is refused, and beside something visible it is not`, () => {
    for (const schema of [displayName, chatText, reactionText]) {
      assertEquals(schema.safeParse(text).success, false);
      assertEquals(schema.safeParse(`${text} x`).success, true);
    }
  });
}

for (
  const [what, text] of [
    ["a NUL", "x\u0000"],
    ["a lone surrogate", "x\udc00"],
    ["half an emoji", "\ud83d"],
  ] as const
) {
  Deno.test(`texts that people see › ${what} is refused`, () => {
    for (const schema of [displayName, chatText, reactionText]) {
      assertEquals(schema.safeParse(text).success, false);
    }
  });
}

Deno.test("texts that people see › emoji, flags and joined letters pass unchanged", () => {
  for (
    const text of [
      "👍🏽",
      "👩‍👩‍👧",
      "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
      "می\u200cخواهم",
      "❤\ufe0f",
    ]
  ) {
    for (const schema of [displayName, chatText, reactionText]) assertEquals(schema.parse(text), text);
  }
});

Deno.test("chat text › keeps the marks that right-to-left texts need, names and reactions have none", () => {
  for (const text of ["שלום\u200f!", "\u2067سلام\u2069"]) {
    assertEquals(chatText.parse(text), text);
    for (const schema of [displayName, reactionText]) assertEquals(schema.safeParse(text).success, false);
  }
});

for (
  const [what, name] of [
    ["nothing", ""],
    ["blanks alone", " \u3000 "],
    ["a line break", "Ann\nBob"],
    ["a NUL", "Ann\u0000"],
    ["a right-to-left override", "Ann\u202egnp.exe"],
    ["a lone surrogate", "Ann\ud800"],
    ["a number", 7],
  ] as const
) {
  Deno.test(`display name › ${what} is refused`, () => {
    assertEquals(displayName.safeParse(name).success, false);
  });
}

Deno.test("display name › an accepted name is accepted again unchanged", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 80 }), (given) => {
    const once = displayName.safeParse(given);
    if (!once.success) return;
    assertEquals(displayName.parse(once.data), once.data);
    assertEquals(Array.from(once.data).length <= limits.displayNameCharacters, true);
  }));
});

Deno.test("chat text › keeps line breaks and tabs, refuses other control characters", () => {
  assertEquals(chatText.parse("one\n\ttwo"), "one\n\ttwo");
  assertEquals(chatText.safeParse("bell\u0007").success, false);
});

Deno.test("chat text › 4,000 characters pass, 4,001 don't", () => {
  assertEquals(chatText.safeParse("é".repeat(4_000)).success, true);
  assertEquals(chatText.safeParse("é".repeat(4_001)).success, false);
});

Deno.test("id › is 1 to 64 characters with no path or quote in it", () => {
  assertEquals(id.safeParse("a".repeat(64)).success, true);
  for (const bad of ["", "a".repeat(65), "../a", "a b", "a'b", "a\n"]) {
    assertEquals(id.safeParse(bad).success, false);
  }
});
