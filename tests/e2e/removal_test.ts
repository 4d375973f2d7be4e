import { assertEquals } from "@std/assert";
import { z } from "zod";
import { meeting, ticket } from "../../shared/protocol/mod.ts";
import { Client } from "../meeting/support/client.ts";
import { sharedStack } from "./shared_stack.ts";
import { rest } from "../rest.ts";

const made = z.object({ access_token: z.string() });

Deno.test("removal › through all services: a banned guest is out at once, at every door, and new guests wait", async () => {
  const stack = await sharedStack();
  const call = (path: string, body: unknown, token?: string) =>
    rest(stack.origin, "POST", `/api/v1${path}`, { ...(token === undefined ? {} : { token }), body });
  const login = {
    email: `ann-${crypto.randomUUID()}@example.org`,
    password: "a long enough password",
    display_name: "Ann",
  };
  const { access_token } = made.parse((await call("/auth/register", login)).body);
  const settings = { allow_guests: true, waiting_room: false };
  const { code } = meeting.parse(
    (await call("/meetings", { display_name: "Weekly", settings }, access_token)).body,
  );
  const hosts = ticket.parse((await call(`/meetings/${code}/join`, {}, access_token)).body);
  using ann = new Client(hosts.signaling_url, hosts.token);
  await ann.join({ rtp_capabilities: hosts.rtp_capabilities });

  const guestTicket = async (display_name: string) =>
    ticket.parse((await call(`/meetings/${code}/guest-token`, { display_name })).body);
  const guests = await guestTicket("Gus");
  using gus = new Client(guests.signaling_url, guests.token);
  const { participant_id, state, correlation_id, binding_token } = await gus.join({
    rtp_capabilities: guests.rtp_capabilities,
  });
  assertEquals(state, "joined");

  const banned = await ann.request("moderation.remove", { participant_id, ban: true });
  assertEquals(banned, { ok: true, value: {} }, "it is stored in the live store and in the database");
  assertEquals((await gus.ended).reason, "removed");
  const { reason } = await ann.told("participant.left", (data) => data.participant_id === participant_id);
  assertEquals(reason, "removed");
  using resuming = new Client(guests.signaling_url, guests.token);
  const resumed = resuming.request("join", { resume: { correlation_id, binding_token } });
  assertEquals([(await resuming.ended).reason, (await resumed).ok], ["removed", false]);
  for (const door of ["ticket", "unreachable"]) {
    assertEquals((await call(`/meetings/${code}/${door}`, {}, guests.token)).status, 403, door);
  }

  const next = await guestTicket("Gil");
  using gil = new Client(next.signaling_url, next.token);
  assertEquals((await gil.join()).state, "waiting");
  await ann.told("participant.waiting", ({ participant }) => participant.display_name === "Gil");
});
