import { assertEquals } from "@std/assert";
import { holderOf } from "../../../global/web/lobby/preparation.ts";
import { ticketTo } from "../../client/samples.ts";

const token = (claims: unknown) =>
  `h.${
    new TextEncoder().encode(JSON.stringify(claims)).toBase64().replaceAll("+", "-").replaceAll("/", "_")
  }.s`;

Deno.test("ticket › says who its holder is, and that whoever is host by it manages the meeting", () => {
  const of = (claims: unknown) => holderOf(ticketTo("ws://localhost", token(claims)));
  assertEquals(of({ display_name: "שרה", role: "host" }), { name: "שרה", isManager: true });
  assertEquals(of({ display_name: "Bob", role: "participant" }), { name: "Bob", isManager: false });
  assertEquals(of({}), { name: "", isManager: false });
  assertEquals(holderOf(ticketTo("ws://localhost", "nonsense")), { name: "", isManager: false });
});
