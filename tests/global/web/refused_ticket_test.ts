import { assertEquals, assertStrictEquals } from "@std/assert";
import { createPreparation } from "../../../global/web/lobby/preparation.ts";
import { createApi } from "../../../shared/client/api.ts";
import type { ApiResult } from "../../../shared/client/http.ts";
import type { Ticket } from "../../../shared/protocol/rest.ts";
import { ticketTo } from "../../client/samples.ts";

/** As much of a connection as is warmed up before the click. */
class FakeConnection {
  createDataChannel(): void {}
  setLocalDescription(): Promise<void> {
    return Promise.resolve();
  }
  close(): void {}
}

Deno.test("preparation › a ticket whose renewal is refused for good is fetched anew at the join", async () => {
  Object.assign(globalThis, { RTCPeerConnection: FakeConnection });
  const refused = Promise.withResolvers<void>();
  const unauthorized = { status: 401, code: "UNAUTHORIZED", message: "This token has expired." };
  const api = {
    ...createApi({ baseUrl: "" }),
    renewTicket(): Promise<ApiResult<Ticket>> {
      // The keeper hears of it first.
      queueMicrotask(() => queueMicrotask(refused.resolve));
      return Promise.resolve({ ok: false, error: unauthorized });
    },
  };
  const preparation = createPreparation(api, "abc-def");
  const given: Ticket[] = [
    { ...ticketTo("ws://localhost", "stale"), expires_in: 0.001 },
    ticketTo("ws://localhost", "fresh"),
  ];
  const fetchTicket = (): Promise<ApiResult<Ticket>> => {
    const value = given.shift();
    return Promise.resolve(value ? { ok: true, value } : { ok: false, error: unauthorized });
  };
  await preparation.start(fetchTicket);
  await refused.promise;
  assertEquals(preparation.ready(), undefined);
  const again = preparation.start(fetchTicket);
  assertStrictEquals(preparation.start(fetchTicket), again, "it is fetched once");
  const prepared = await again;
  assertEquals(prepared.ok && prepared.value.ticket().token, "fresh");
  assertEquals(preparation.ready()?.ticket().token, "fresh");
  preparation.stop();
});
