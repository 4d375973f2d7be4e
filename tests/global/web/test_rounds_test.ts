import { assertEquals } from "@std/assert";
import { createTestRounds } from "../../../global/web/connection_test/test_rounds.ts";
import { startEngine } from "../../client/noted_transports.ts";
import { ticketTo } from "../../client/samples.ts";
import { startSignalingServer } from "../../client/signaling_server.ts";
import { FakeTrack } from "./fake_capture.ts";

Deno.test("connection test › one that is begun again ends the one before, and takes the ticket of then", async () => {
  await using server = startSignalingServer();
  let token = "first";
  let stopped = 0;
  const rounds = createTestRounds({
    ticket: () => ticketTo(server.url, token),
    engine: startEngine().media,
    makeSound: () => ({ track: new FakeTrack("audio"), stop: () => void stopped++ }),
  });
  rounds.begin();
  const first = await server.accept();
  token = "second";
  rounds.begin();
  await first.closed;
  const second = await server.accept();
  assertEquals([first.token, second.token, stopped > 0], ["first", "second", true]);
  const latest = rounds.latest.value;
  assertEquals([latest?.number, latest?.ticket.token], [2, "second"]);
  rounds.end();
  await latest?.running.over;
  await second.closed;
});
