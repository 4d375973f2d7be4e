import { assertEquals, assertStrictEquals } from "@std/assert";
import { createPreparation } from "../../../global/web/lobby/preparation.ts";
import type { ApiResult } from "../../../shared/client/http.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { ticketTo } from "../../client/samples.ts";
import { manualClock } from "../../manual_clock.ts";

/** As much of a connection as is warmed up before the click. */
class FakeConnection {
  createDataChannel(): void {}
  setLocalDescription(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
}

const unauthorized: ApiResult<Ticket> = {
  ok: false,
  error: { status: 401, code: "UNAUTHORIZED", message: "This token has expired." },
};

/** A lobby whose tickets are of these names, one after another. */
async function prepare(...names: string[]) {
  Object.assign(globalThis, { RTCPeerConnection: FakeConnection });
  const clock = manualClock();
  const renewal = Promise.resolve(unauthorized);
  const preparation = createPreparation({ renewTicket: () => renewal }, "abc-def", clock);
  const fetchTicket = (): Promise<ApiResult<Ticket>> => {
    const name = names.shift();
    return Promise.resolve(
      name === undefined ? unauthorized : { ok: true, value: ticketTo("ws://localhost", name) },
    );
  };
  await preparation.start(fetchTicket);
  const dispose = () => {
    preparation.stop();
    Reflect.deleteProperty(globalThis, "RTCPeerConnection");
  };
  return { preparation, clock, renewal, fetchTicket, [Symbol.dispose]: dispose };
}

const runOut = {
  "whose renewal is refused for good": async ({ clock, renewal }) => {
    clock.advance(675_000);
    await renewal;
  },
  "that expired while the machine slept": ({ clock }) => {
    clock.sleep(900_000);
    return Promise.resolve();
  },
} satisfies Record<string, (lobby: Awaited<ReturnType<typeof prepare>>) => Promise<void>>;

for (const [which, wait] of Object.entries(runOut)) {
  Deno.test(`preparation › a ticket ${which} is fetched anew at the join`, async () => {
    using lobby = await prepare("stale", "fresh");
    const { preparation, fetchTicket } = lobby;
    assertEquals(preparation.ready()?.ticket().token, "stale");
    await wait(lobby);
    assertEquals(preparation.ready(), undefined);
    const again = preparation.start(fetchTicket);
    assertStrictEquals(preparation.start(fetchTicket), again, "it is fetched once");
    const prepared = await again;
    assertEquals(prepared.ok && prepared.value.ticket().token, "fresh");
    assertEquals(preparation.ready()?.ticket().token, "fresh");
  });
}

Deno.test("preparation › a ticket that is handed out late has as much less life", async () => {
  using lobby = await prepare("only");
  const { preparation, clock } = lobby;
  clock.advance(600_000);
  assertEquals(preparation.ready()?.ticket().expires_in, 300);
});

Deno.test("preparation › what was prepared stands in the meeting, however long that lasts", async () => {
  using lobby = await prepare("only");
  const { preparation, clock } = lobby;
  preparation.stop();
  clock.advance(3_600_000);
  assertEquals(preparation.ready()?.ticket().token, "only");
});
