import { assertEquals } from "@std/assert";
import { createTestRounds } from "../../../global/web/connection_test/test_rounds.ts";
import { startEngine } from "../../client/noted_transports.ts";
import { ticketTo } from "../../client/samples.ts";
import { startSignalingServer } from "../../client/signaling_server.ts";
import { FakeTrack } from "./fake_capture.ts";

/** Rounds against a server, with the ticket that `state` names as each is begun. */
function roundsAt(url: string) {
  const engine = startEngine().media;
  const state = { token: "first", stopped: 0, isRefused: false };
  const rounds = createTestRounds({
    prepare() {
      const ticket = ticketTo(url, state.token);
      return Promise.resolve(state.isRefused ? undefined : { ticket: () => ticket, engine });
    },
    makeSound: () => ({ track: new FakeTrack("audio"), stop: () => void state.stopped++ }),
  });
  return { rounds, state };
}

Deno.test("connection test › one that is begun again ends the one before, and takes the ticket of then", async () => {
  await using server = startSignalingServer();
  const { rounds, state } = roundsAt(server.url);
  await rounds.begin();
  const first = await server.accept();
  state.token = "second";
  assertEquals(await rounds.begin(), true);
  await first.closed;
  const second = await server.accept();
  assertEquals([first.token, second.token, state.stopped > 0], ["first", "second", true]);
  const latest = rounds.latest.value;
  assertEquals([latest?.number, latest?.ticket.token], [2, "second"]);
  rounds.end();
  await latest?.running.over;
  await second.closed;
});

Deno.test("connection test › without a ticket none begins, and none after the end", async () => {
  await using server = startSignalingServer();
  const { rounds, state } = roundsAt(server.url);
  state.isRefused = true;
  assertEquals(await rounds.begin(), false);
  state.isRefused = false;
  const late = rounds.begin();
  rounds.end();
  await late;
  assertEquals(rounds.latest.value, undefined);
});
