import { assertEquals } from "@std/assert";
import { InflowRate, type InflowVerdict } from "../../../meeting/signaling/inflow_rate.ts";

const limits = {
  messagesPerSecond: 50,
  messageBurst: 100,
  bytesPerSecond: 256 * 1024,
  byteBurst: 1024 * 1024,
};

/** How many messages of this size, all at once, are taken, and how many are refused before their sender is closed. */
function flood(bytes: number): Record<"accepted" | "refused", number> {
  const rate = new InflowRate(limits);
  const counts = { accepted: 0, refused: 0 };
  for (
    let verdict: InflowVerdict = rate.take(bytes, 0);
    verdict !== "flooded";
    verdict = rate.take(bytes, 0)
  ) {
    counts[verdict]++;
  }
  return counts;
}

Deno.test("inflow › a flood of small messages is closed after 50 refusals", () => {
  assertEquals(flood(100), { accepted: 100, refused: 50 });
});

Deno.test("inflow › a flood of large messages is closed once as much is refused as was taken", () => {
  assertEquals(flood(64 * 1024), { accepted: 16, refused: 16 });
});

Deno.test("inflow › who slows down is heard again", () => {
  const rate = new InflowRate(limits);
  for (let sent = 0; sent < 20; sent++) rate.take(64 * 1024, 0);
  assertEquals(rate.take(64 * 1024, 0), "refused");
  assertEquals(rate.take(64 * 1024, 5_000), "accepted");
});
