import { assertEquals } from "@std/assert";
import { endingOfJoin } from "../../shared/client/endings.ts";

Deno.test("endings › a join that is refused for its name says so, another malformed one that the page is old", () => {
  const refused = (message: string) => endingOfJoin({ code: "INVALID_REQUEST", message })?.message;
  assertEquals(
    refused("display_name: contains control characters"),
    "Your name contains control characters. Choose another one.",
  );
  assertEquals(
    refused("layout.slots: is too small"),
    "This page and the server don't understand each other. Reload the page.",
  );
});
