import { assert, assertEquals, assertRejects } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import { configureLogging } from "../../../shared/log/configure_logging.ts";
import { startHandler } from "../fixtures/handler.ts";
import { openMeeting } from "../fixtures/open_meeting.ts";

Deno.test("mediasoup's log › a question about a consumer that has just ended is no warning", async () => {
  const lines: string[] = [];
  configureLogging({ service: "media", level: "debug", write: (line) => void lines.push(line) });
  await using handler = await startHandler();
  const { done, steps } = await openMeeting(handler.connect("one").control);
  const { send } = await done(steps.transports("ada"));
  await done(steps.transports("bob"));
  await done(steps.consume("bob", (await done(steps.audio("ada", send.id))).producer_id));
  const [live] = valueOf(await handler.table.ask("liveObjects", undefined));
  const [producer] = live?.producers ?? [];
  const [consumer] = live?.consumers ?? [];
  assert(producer && consumer);
  producer.close();
  // The worker has closed the consumer already, and its word of that is still on the way.
  assert(!consumer.closed);
  await assertRejects(() => consumer.getStats(), Error, "not found");
  const levels = lines.filter((line) => line.includes("getStats")).map((line) => JSON.parse(line).level);
  assertEquals(new Set(levels), new Set(["debug"]));
});
