import { assert, assertEquals } from "@std/assert";
import type { RequestData, RequestType, Ticket } from "../../shared/protocol/mod.ts";
import { Client, rawSocket } from "../meeting/support/client.ts";
import { codeOf, connect, scenario } from "./scenario.ts";

/** Each request of hosts, with data that would do something; in an order in which all can be had. */
function requestsOf(target: string, waiting: string, alsoWaiting: string) {
  const requests: [RequestType, unknown][] = [
    ["moderation.mute", { participant_id: target, source: "microphone", muted: true }],
    ["moderation.mute_all", { source: "microphone" }],
    ["moderation.ask_unmute", { participant_id: target, source: "camera" }],
    ["moderation.permissions", { permissions: { screen: false } }],
    ["moderation.lock", { locked: true }],
    ["moderation.admit", { participant_ids: [waiting] }],
    ["moderation.deny", { participant_ids: [alsoWaiting] }],
    ["moderation.role", { participant_id: target, role: "host" }],
    ["moderation.suspend", {}],
    ["moderation.remove", { participant_id: target, ban: true }],
    ["meeting.end", {}],
  ];
  return requests;
}

/** The table's data is its type's, which TypeScript can't follow. */
function outcomeOf(client: Client, [type, data]: [RequestType, unknown]): Promise<string> {
  return codeOf(client, type, data as RequestData<RequestType>);
}

await scenario("every request of hosts is refused to each who may not, and changes nothing", async (s, t) => {
  const { rest } = s;
  const [ann, bob, eve] = [await rest.user("ann"), await rest.user("bob"), await rest.user("eve", "other")];
  const { code } = await rest.createMeeting(ann, { settings: { allow_guests: true } });
  const guest = (display_name: string) => s.ticketOf(code, "guest-token", undefined, { display_name });
  const tickets: Record<string, Ticket> = {
    ann: await s.ticketOf(code, "join", ann),
    bob: await s.ticketOf(code, "join", bob),
    gus: await guest("Gus"),
    gil: await guest("Gil"),
    wanda: await guest("Wanda"),
    rude: await guest("Rude"),
  };
  const ticketOf = (name: string): Ticket => {
    const found = tickets[name];
    assert(found);
    return found;
  };
  using host = connect(ticketOf("ann"));
  const joined = await host.join();
  assertEquals(joined.role, "host");
  using member = connect(ticketOf("bob"));
  const bobs = await member.join();
  using insideGuest = connect(ticketOf("gus"));
  const inside = await insideGuest.join();
  await host.request("moderation.admit", { participant_ids: [inside.participant_id] });
  await insideGuest.told("admitted");
  using waitingGuest = connect(ticketOf("wanda"));
  const waiting = await waitingGuest.join();
  using otherGuest = connect(ticketOf("gil"));
  const other = await otherGuest.join();
  assertEquals([waiting.state, other.state], ["waiting", "waiting"]);
  const requests = requestsOf(bobs.participant_id, waiting.participant_id, other.participant_id);
  const againstHost = requestsOf(joined.participant_id, waiting.participant_id, other.participant_id);

  /** What the host has been told so far; an answer comes after all that was told before it. */
  const toldToHost = async () => {
    await host.request("session.ping", {});
    return host.notifications.length;
  };

  const refused = {
    "a participant who is no host": [member, "FORBIDDEN"],
    "a guest who was admitted": [insideGuest, "FORBIDDEN"],
    "a guest in the waiting room": [waitingGuest, "WAITING"],
  } as const;
  for (const [who, [client, wanted]] of Object.entries(refused)) {
    for (const request of againstHost) {
      await t.step(`${request[0]} by ${who} is ${wanted}`, async () => {
        const before = await toldToHost();
        assertEquals(await outcomeOf(client, request), wanted);
        assertEquals(await toldToHost(), before);
      });
    }
  }

  await t.step("before the join each is NOT_JOINED, and the join goes on", async () => {
    using early = connect(await s.ticketOf(code, "join", ann));
    for (const request of requests) assertEquals(await outcomeOf(early, request), "NOT_JOINED", request[0]);
    assertEquals((await early.join()).role, "host");
    await early.request("leave", {});
  });

  await t.step("after the leaving nothing is taken any more", async () => {
    using late = connect(await s.ticketOf(code, "join", bob));
    await late.join();
    await late.request("leave", {});
    for (const request of requests) assert(await outcomeOf(late, request) !== "ok", request[0]);
  });

  await t.step("a second join on one connection is refused, and the first one holds", async () => {
    const again = await member.request("join", {});
    assertEquals(again.ok ? "ok" : again.error.code, "INVALID_REQUEST");
    assertEquals((await member.request("session.ping", {})).ok, true);
  });

  await t.step("a host who is made a participant may nothing of it any more", async () => {
    const whom = { participant_id: bobs.participant_id };
    assertEquals(await outcomeOf(host, ["moderation.role", { ...whom, role: "host" }]), "ok");
    assertEquals(await outcomeOf(host, ["moderation.role", { ...whom, role: "participant" }]), "ok");
    for (const request of againstHost) {
      assertEquals(await outcomeOf(member, request), "FORBIDDEN", request[0]);
    }
  });

  await t.step("a binding token that was used opens nothing", async () => {
    const { correlation_id, binding_token } = bobs;
    const resume = { correlation_id, binding_token };
    using newer = connect(ticketOf("bob"));
    const back = await newer.join({ resume });
    assertEquals([back.participant_id, back.resumed], [bobs.participant_id, true]);
    await newer.request("session.ping", {});
    using replayed = connect(await s.ticketOf(code, "join", bob));
    assertEquals((await replayed.join({ resume })).resumed, false);
    using stolen = connect(ticketOf("ann"));
    assertEquals((await stolen.join({ resume })).resumed, false, "nor to another person");
    for (const one of [replayed, stolen, newer]) await one.request("leave", {});
  });

  await t.step("whoever was removed is refused at every door", async () => {
    using rude = connect(ticketOf("rude"));
    const { participant_id } = await rude.join();
    assertEquals(await outcomeOf(host, ["moderation.remove", { participant_id, ban: true }]), "ok");
    assertEquals((await rude.ended).reason, "removed");
    const { token, signaling_url } = ticketOf("rude");
    const { closed } = await rawSocket(signaling_url, token);
    assertEquals(await closed, "removed");
    for (const door of ["ticket", "unreachable"]) {
      const answer = await rest.send("POST", `/api/v1/meetings/${code}/${door}`, { token, body: {} });
      assertEquals([answer.status, answer.code], [403, "REMOVED"], door);
    }
  });

  const path = `/api/v1/meetings/${code}`;
  const doors = [
    ["GET", path, undefined],
    ["PATCH", path, { display_name: "Mine" }],
    ["DELETE", path, undefined],
    ["GET", `${path}/participants`, undefined],
    ["POST", `${path}/join`, {}],
  ] as const;
  for (const [method, door, body] of doors) {
    await t.step(`${method} ${door.replace(code, "…")} is 404 from another tenant`, async () => {
      const answer = await rest.send(method, door, { token: eve, ...(body === undefined ? {} : { body }) });
      assertEquals([answer.status, answer.code], [404, "MEETING_NOT_FOUND"]);
    });
  }
  for (const [method, door, body] of doors.slice(1, 4)) {
    await t.step(
      `${method} ${door.replace(code, "…")} is refused to a member and to a meeting's guest`,
      async () => {
        const by = async (token: string) =>
          (await rest.send(method, door, { token, ...(body === undefined ? {} : { body }) })).status;
        assertEquals([await by(bob), await by(ticketOf("gus").token)], [403, 401]);
      },
    );
  }

  await t.step("a host has each of them", async () => {
    using target = connect(await s.ticketOf(code, "join", bob));
    const { participant_id } = await target.join();
    const all = requestsOf(participant_id, waiting.participant_id, other.participant_id);
    for (const request of all) assertEquals(await outcomeOf(host, request), "ok", request[0]);
    assertEquals((await host.ended).reason, "meetingEnded");
  });
}, { organization: "other" });
