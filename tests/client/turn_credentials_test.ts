import { assertEquals } from "@std/assert";
import type { ApiResult } from "../../shared/client/http.ts";
import type { MediaEngine } from "../../shared/client/media/media_transports.ts";
import type { Ticket } from "../../shared/protocol/rest.ts";
import { manualClock } from "../manual_clock.ts";
import { gone, inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { startEngine, transportsOf } from "./noted_transports.ts";
import { ticketTo } from "./samples.ts";
import { startSignalingServer } from "./signaling_server.ts";

/** A session whose TURN credentials are good for so long; `used` are those that each of its transports began with. */
function joinWithTurn(url: string, renewal: "fresh" | "refused", goodForSeconds = 300) {
  const clock = manualClock();
  const { media } = startEngine();
  const used: (string | undefined)[] = [];
  const noting: MediaEngine = {
    ...media,
    open(options) {
      used.push(...options.iceServers().map(({ credential }) => credential));
      return media.open(options);
    },
  };
  const ticketWith = (credential: string, ice_expires_in: number): Ticket => ({
    ...ticketTo(url),
    ice_servers: [{ urls: ["turn:localhost"], username: "ada", credential }],
    ice_expires_in,
  });
  const failed = { status: 503, code: "UNAVAILABLE", message: "Not now.", retryAfterSeconds: 20 };
  const answer: ApiResult<Ticket> = renewal === "fresh"
    ? { ok: true, value: ticketWith("fresh", 300) }
    : { ok: false, error: failed };
  const session = join(url, {
    media: noting,
    clock,
    ticket: ticketWith("first", goodForSeconds),
    api: { renewTicket: () => Promise.resolve(answer), reportUnreachable: () => Promise.resolve(gone) },
  });
  return { session, clock, used };
}

for (const [how, code] of [["was lost", undefined], ["was refused for its token", 4401]] as const) {
  Deno.test(`TURN credentials › a connection that ${how} after a sleep comes back with fresh ones`, async () => {
    await using server = startSignalingServer();
    const { session, clock, used } = joinWithTurn(server.url, "fresh");
    const first = await server.accept();
    await letIn(first, { transports: transportsOf("one") });
    await until(session, inPhase("joined"));
    clock.sleep(600_000);
    first.socket.close(code);
    const second = await server.accept();
    await letIn(second, { transports: transportsOf("two") });
    await until(session, inPhase("joined"));
    assertEquals(used, ["first", "fresh"]);
    await leave(session, second);
  });
}

Deno.test("TURN credentials › a resume waits for none that the server can't give", async () => {
  await using server = startSignalingServer();
  const { session, clock, used } = joinWithTurn(server.url, "refused");
  const first = await server.accept();
  await letIn(first, { transports: transportsOf("one") });
  await until(session, inPhase("joined"));
  clock.sleep(600_000);
  first.socket.close();
  const second = await server.accept();
  await letIn(second, { transports: transportsOf("two") });
  await until(session, inPhase("joined"));
  assertEquals(used, ["first", "first"]);
  await leave(session, second);
});

Deno.test("TURN credentials › a join for which they came too late begins with fresh ones", async () => {
  await using server = startSignalingServer();
  const { session, used } = joinWithTurn(server.url, "fresh", 0);
  const peer = await server.accept();
  await letIn(peer, { transports: transportsOf("one") });
  await until(session, inPhase("joined"));
  assertEquals(used, ["fresh"]);
  await leave(session, peer);
});
