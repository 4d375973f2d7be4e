import { assert, assertEquals } from "@std/assert";
import { connect, type IndependentClient, type Ticket } from "./independent_client.ts";
import type { Account } from "./load.ts";

/** A guest whom a host removed and banned. */
export interface RemovedGuest {
  /** Neither their token nor their ticket may let them in. */
  check(): Promise<void>;
}

export async function removedGuest(
  client: IndependentClient,
  ca: string,
  { token }: Account,
): Promise<RemovedGuest> {
  const settings = { allow_guests: true, waiting_room: false };
  const made = await client.rest(
    "POST",
    "/api/v1/meetings",
    { display_name: "Without one", settings },
    token,
  );
  const path = `/api/v1/meetings/${Object(made.body).code}`;
  const hosts = await client.rest("POST", `${path}/join`, {}, token);
  const guests = await client.rest("POST", `${path}/guest-token`, { display_name: "Gone" });
  const ticket = guests.body as Ticket;
  const host = await connect(hosts.body as Ticket, ca);
  const guest = await connect(ticket, ca);
  assert(host !== undefined && guest !== undefined);
  assertEquals((await host.request("join", {}))?.ok, true);
  const joined = await guest.request("join", {});
  assertEquals(joined?.ok, true);
  const participant_id = Object(joined?.data).participant_id;
  const removal = await host.request("moderation.remove", { participant_id, ban: true });
  assertEquals([removal?.ok, removal?.data["durable"]], [true, undefined]);
  assertEquals(await guest.closed, 4403);
  host.close();
  return {
    async check() {
      const again = await client.rest("POST", `${path}/ticket`, {}, ticket.token);
      assertEquals(again.status, 403, `a removed guest got a ticket: ${JSON.stringify(again.body)}`);
      const socket = await connect(ticket, ca);
      const answer = await socket?.request("join", {});
      assert(answer?.ok !== true, "a removed guest got in");
      socket?.close();
    },
  };
}
