import { assertEquals } from "@std/assert";
import { globalSettings } from "../../global/settings.ts";
import { mediaSettings } from "../../media/settings.ts";
import { definition as meetingSettings } from "../../meeting/settings.ts";

for (const { program: { service }, fields } of [globalSettings, meetingSettings, mediaSettings]) {
  Deno.test(`platform settings › ${service} takes a region and a zone that the registry takes`, () => {
    const longest = `Süd east.${"x".repeat(55)}`;
    for (const field of [fields.region, fields.zone]) {
      assertEquals(field.parse(longest), { ok: true, value: longest });
      for (const wrong of [`${longest}x`, "two\nlines"]) {
        assertEquals(field.parse(wrong).ok, false, wrong);
      }
    }
  });
}
