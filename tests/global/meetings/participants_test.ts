import { assertEquals } from "@std/assert";
import { type Participant, participantList } from "../../../shared/protocol/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment } from "../support/deployment.ts";

function participant(participant_id: string, change: Partial<Participant> = {}): Participant {
  return {
    participant_id,
    display_name: participant_id,
    role: "participant",
    participant_type: "member",
    state: "joined",
    sources: [],
    hand_raised: false,
    joined_at: "2026-01-01T00:00:00.000Z",
    ...change,
  };
}

Deno.test("participants › hosts and admins see who is in, and nobody else does", async (t) => {
  await using d = await deployment({ organization: "other" });
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  assertEquals([await mc.register(), await registerHandler(d)], [201, 201]);
  const [ann, bob, eve] = [await user("ann"), await user("bob"), await user("eve", "other")];
  const made = await createMeeting(ann, {
    settings: { allow_guests: true, allow_external_participants: true },
  });
  const path = `/api/v1/meetings/${made.code}/participants`;
  const list = (token: string, query = "") => send("GET", `${path}${query}`, { token });

  await t.step("nobody is in a meeting that nobody runs", async () => {
    assertEquals((await list(ann)).body, { items: [], next_cursor: null });
    await join(made.code, ann);
    assertEquals((await list(ann)).body, { items: [], next_cursor: null });
  });

  const everybody = [
    participant("ann", { role: "host" }),
    participant("gus", {
      role: "guest",
      participant_type: "guest",
      state: "waiting",
      joined_at: "2026-01-01T00:00:03.000Z",
    }),
    participant("bob", { joined_at: "2026-01-01T00:00:01.000Z" }),
    participant("zoe", { state: "away" }),
  ];
  mc.tellRoster({ participants: everybody, hosts: [String(claimsOf(ann).sub)] });

  await t.step("the creator and an admin see everybody, in the order of joining, page by page", async () => {
    for (const token of [ann, await admin()]) {
      const first = participantList.parse((await list(token, "?limit=3")).body);
      assertEquals(first.items.map(({ participant_id }) => participant_id), ["ann", "zoe", "bob"]);
      const rest = participantList.parse((await list(token, `?limit=3&cursor=${first.next_cursor}`)).body);
      assertEquals([rest.items, rest.next_cursor], [everybody.slice(1, 2), null]);
    }
    for (const wrong of ["?cursor=AAAA", "?limit=0", "?order=up"]) {
      assertEquals((await list(ann, wrong)).status, 400);
    }
  });

  await t.step("a member who is no host is refused, until they are one in the meeting", async () => {
    const refused = await list(bob);
    assertEquals([refused.status, refused.code], [403, "FORBIDDEN"]);
    mc.tellRoster({ participants: everybody, hosts: [String(claimsOf(bob).sub)] });
    assertEquals((await list(bob)).status, 200);
  });

  await t.step("another organisation, a guest and somebody without a token get nothing", async () => {
    await join(made.code, eve);
    for (const hosts of [[], [String(claimsOf(eve).sub)]]) {
      mc.tellRoster({ participants: everybody, hosts });
      const { status, code } = await list(eve);
      assertEquals([status, code], [404, "MEETING_NOT_FOUND"], hosts.length === 0 ? "" : "though a host");
    }
    const guest = await send("POST", `/api/v1/meetings/${made.code}/guest-token`, {
      body: { display_name: "Gus" },
    });
    assertEquals((await list(Object(guest.body).token)).status, 401);
    assertEquals((await send("GET", path)).status, 401);
    assertEquals((await send("GET", "/api/v1/meetings/nowhere/participants", { token: ann })).status, 404);
  });

  await t.step("while its controller doesn't answer nobody says that the meeting is empty", async () => {
    await mc.crash(0);
    await mc.crash(1);
    const answer = await list(ann);
    assertEquals([answer.status, answer.headers.get("retry-after")], [503, "1"]);
  });
});
