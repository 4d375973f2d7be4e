import { assertEquals } from "@std/assert";
import { rowsOf } from "../../../global/web/meeting/answered_rows.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";

function person(name: string): Participant {
  return {
    participant_id: name,
    display_name: name,
    role: "guest",
    participant_type: "guest",
    state: "waiting",
    joined_at: "2026-01-02T03:04:05Z",
    hand_raised: false,
    sources: [],
  };
}

Deno.test("waiting › who was answered keeps their row for a moment, and who comes is at the end", () => {
  const [ada, bob, cy] = [person("Ada"), person("Bob"), person("Cy")];
  assertEquals(rowsOf([], [ada, bob], new Set()), [ada, bob]);
  assertEquals(rowsOf([ada, bob], [bob, cy], new Set(["Ada"])), [ada, bob, cy]);
  assertEquals(rowsOf([ada, bob, cy], [bob, cy], new Set()), [bob, cy]);
});

Deno.test("waiting › who goes by themselves has no row, and who is renamed has one with the new name", () => {
  const [ada, bob] = [person("Ada"), person("Bob")];
  const renamed = { ...bob, display_name: "Robert" };
  assertEquals(rowsOf([ada, bob], [renamed], new Set(["Bob"])), [renamed]);
});
