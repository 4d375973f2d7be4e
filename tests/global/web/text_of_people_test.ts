import { assertEquals } from "@std/assert";
import { cutText } from "../../../global/web/cut_text.ts";
import { initials } from "../../../global/web/meeting/initials.ts";

const family = "\u{1F468}\u200D\u{1F469}\u200D\u{1F467}";
const accented = "e\u0301";

Deno.test("initials › whole characters: letters with their marks, emoji of several parts, any script", () => {
  assertEquals(initials("ada king lovelace"), "AK");
  assertEquals(initials(`${family} ${accented}mile`), `${family}E\u0301`);
  assertEquals(initials("שרה כהן"), "שכ");
  assertEquals(initials("  "), "");
});

Deno.test("cut › between characters, never inside of one, by the server's count", () => {
  assertEquals(cutText("abcdef", 3), "abc");
  assertEquals(cutText(`ab${family}`, 5), "ab");
  assertEquals(cutText(`ab${family}`, 7), `ab${family}`);
  assertEquals(cutText(`a${accented}`, 2), "a");
  assertEquals(cutText("\u{1F600}".repeat(64), 64), "\u{1F600}".repeat(64));
});
