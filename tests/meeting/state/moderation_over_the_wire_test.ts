import { assertEquals } from "@std/assert";
import { type RequestData, requestFrame, type RequestType } from "../../../shared/protocol/mod.ts";
import { Client, rawSocket } from "../support/client.ts";
import { opcodes, RawClient, text } from "../support/raw_client.ts";
import { startShard } from "../support/shard.ts";

/** Requests of hosts, with data that would do something. */
function hostRequests(target: string): { [T in RequestType]?: RequestData<T> } {
  return {
    "moderation.mute": { participant_id: target, source: "microphone", muted: true },
    "moderation.mute_all": { source: "microphone" },
    "moderation.ask_unmute": { participant_id: target, source: "camera" },
    "moderation.permissions": { permissions: { chat: false } },
    "moderation.suspend": {},
    "moderation.remove": { participant_id: target },
    "moderation.admit": { participant_ids: [target] },
    "moderation.deny": { participant_ids: [target] },
    "moderation.role": { participant_id: target, role: "host" },
    "moderation.lock": { locked: true },
    "meeting.end": {},
  };
}

Deno.test("moderation over the wire", async (t) => {
  await using shard = await startShard();
  const meeting_id = await shard.newMeeting();
  const token = (sub: string, role: "host" | "participant" | "guest" = "participant", ahead = 0) => {
    const participant_type = role === "guest" ? "guest" as const : "member" as const;
    return shard.issuer.meetingToken({ sub, meeting_id, role, participant_type }, 900, ahead);
  };
  const connect = async (sub: string, role?: "host" | "participant" | "guest") =>
    new Client(shard.url, await token(sub, role));
  using ann = await connect("ann", "host");
  const host = await ann.join();
  using bob = await connect("bob");
  const participant = await bob.join();
  using gus = await connect("gus", "guest");
  const guest = await gus.join();
  assertEquals([host.role, participant.role, guest.state], ["host", "participant", "waiting"]);

  /** Sends every request of hosts, and answers the codes of the refusals. */
  const refusals = async (client: Client) => {
    const codes = new Set<string>();
    for (const [type, data] of Object.entries(hostRequests(host.participant_id))) {
      // The table's data is its type's, which TypeScript can't follow through `entries`.
      const answer = await client.request(type as RequestType, data as RequestData<RequestType>);
      codes.add(answer.ok ? `${type} was taken` : answer.error.code);
    }
    return [...codes];
  };

  await t.step(
    "who is no host is FORBIDDEN, who waits is WAITING, who has not joined NOT_JOINED",
    async () => {
      assertEquals(await refusals(bob), ["FORBIDDEN"]);
      assertEquals(await refusals(gus), ["WAITING"]);
      using stranger = await connect("eve");
      assertEquals(await refusals(stranger), ["NOT_JOINED"]);
    },
  );

  await t.step("a request with a field too many, or of a source that is none, changes nothing", async () => {
    bob.notifications.length = 0;
    const extra = { participant_id: participant.participant_id, source: "smell", muted: true };
    // Not of the protocol, which the request's type would refuse.
    const answer = await ann.request("moderation.mute", extra as never);
    assertEquals(answer.ok ? "ok" : answer.error.code, "INVALID_REQUEST");
    const unknown = await ann.request("moderation.permissions", { permissions: { fly: true } } as never);
    assertEquals(unknown.ok ? "ok" : unknown.error.code, "INVALID_REQUEST");
    await bob.request("session.ping", {});
    assertEquals(bob.notifications, []);
  });

  await t.step("permissions hold for chat, and everybody sees them", async () => {
    await ann.request("moderation.permissions", { permissions: { chat: false } });
    await bob.told("meeting.updated", ({ meeting }) => !meeting.permissions.chat);
    const refused = await bob.request("chat.send", { text: "psst" });
    assertEquals(refused.ok ? "ok" : refused.error.code, "FORBIDDEN");
    await ann.request("moderation.permissions", { permissions: { chat: true } });
  });

  await t.step("a promoted participant is shown who waits, and admits", async () => {
    await ann.request("moderation.role", { participant_id: participant.participant_id, role: "host" });
    await bob.told("participant.waiting", (told) => told.participant.participant_id === guest.participant_id);
    const admitted = await bob.request("moderation.admit", { participant_ids: [guest.participant_id] });
    assertEquals(admitted.ok, true);
    assertEquals((await gus.told("admitted")).role, "guest");
    await ann.told("waiting.left", ({ participant_id }) => participant_id === guest.participant_id);
  });

  await t.step(
    "a binding token that was used opens nothing after the first frame on the newer connection",
    async () => {
      const { correlation_id, binding_token } = guest;
      using newer = await connect("gus", "guest");
      const back = await newer.join({ resume: { correlation_id, binding_token } });
      assertEquals([back.participant_id, back.resumed], [guest.participant_id, true]);
      await newer.request("session.ping", {});
      using replayed = await connect("gus", "guest");
      const answer = await replayed.join({ resume: { correlation_id, binding_token } });
      assertEquals(answer.resumed, false);
      assertEquals((await newer.request("session.ping", {})).ok, true, "the real one goes on");
      await replayed.request("leave", {});
    },
  );

  await t.step(
    "a frame that crosses the answer to a resume, and is heard, costs the older binding token nothing",
    async () => {
      const fay = await connect("fay");
      const { correlation_id, binding_token } = await fay.join();
      fay[Symbol.dispose]();
      const resume = { correlation_id, binding_token };
      const offer = `sec-websocket-protocol: darktower.v1, bearer.${await token("fay")}`;
      const { client: lost } = await RawClient.handshake(shard.port, [offer]);
      const send = (frame: string) => lost.send({ opcode: opcodes.text, payload: text(frame) });
      const answered = async (id: number) => {
        for (let frame = await lost.readText(); frame !== null; frame = await lost.readText()) {
          const { re, ok } = JSON.parse(frame);
          if (re === id) return ok;
        }
      };
      await send(requestFrame(1, "join", { resume }));
      assertEquals(await answered(1), true);
      // As the server sees it, this client had not read the answer when it sent the frame: it answers no ping.
      await send(requestFrame(2, "session.ping", {}));
      assertEquals(await answered(2), true);
      lost[Symbol.dispose]();
      using back = await connect("fay");
      assertEquals((await back.join({ resume })).resumed, true);
      await back.request("leave", {});
    },
  );

  await t.step("a second join on one connection is INVALID_REQUEST", async () => {
    const answer = await ann.request("join", {});
    assertEquals(answer.ok ? "ok" : answer.error.code, "INVALID_REQUEST");
  });

  await t.step("a banned guest is out by all doors: connections, old tokens and new ones", async () => {
    using phone = await connect("gus", "guest");
    await phone.join();
    const roster = await ann.told(
      "participant.joined",
      ({ participant }) => participant.display_name === "gus",
    );
    const removed = await ann.request("moderation.remove", {
      participant_id: roster.participant.participant_id,
      ban: true,
    });
    // GC keeps no removals in this test.
    assertEquals(removed, { ok: true, value: { durable: false } });
    assertEquals((await phone.ended).reason, "removed");
    for (const ahead of [0, 10]) {
      const { closed } = await rawSocket(shard.url, await token("gus", "guest", ahead));
      assertEquals(await closed, "removed", "at the door, before any frame");
    }
    using gil = await connect("gil", "guest");
    assertEquals((await gil.join()).state, "waiting");
  });

  await t.step("a host's end is answered before it closes the connections", async () => {
    assertEquals(await ann.request("meeting.end", {}), { ok: true, value: {} });
    const ended = await Promise.all([ann, bob].map((one) => one.ended));
    assertEquals(ended.map(({ reason }) => reason), ["meetingEnded", "meetingEnded"]);
  });
});
