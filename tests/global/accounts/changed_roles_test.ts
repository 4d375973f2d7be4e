import { assertEquals } from "@std/assert";
import { meetingList } from "../../../shared/protocol/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

Deno.test("roles › a token of before gives what its user may do now, and no more", async (t) => {
  await using d = await deployment({ env: { ...wideLimits, DT_DISABLED_USERS_CHECK_SECONDS: "1" } });
  const { send, user, admin, createMeeting } = client(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  const { code } = await createMeeting(ann);
  const setRoles = async (roles: readonly string[]) => {
    const path = `/api/v1/admin/users/${claimsOf(bob).sub}`;
    assertEquals((await send("PATCH", path, { token: boss, body: { roles } })).status, 200);
  };
  const untilSeen = async (meetings: number) => {
    const seen = async () => {
      const { body } = await send("GET", "/api/v1/meetings", { token: bob });
      return meetingList.parse(body).items.length;
    };
    while (await seen() !== meetings);
  };
  const rename = async () =>
    (await send("PATCH", `/api/v1/meetings/${code}`, { token: bob, body: { display_name: "Bob's" } })).status;

  await t.step("who is made an admin changes the meetings of others", async () => {
    assertEquals(await rename(), 403);
    await setRoles(["member", "admin"]);
    await untilSeen(1);
    assertEquals(await rename(), 200);
  });

  await t.step("who is one no more doesn't see them", async () => {
    await setRoles(["member"]);
    await untilSeen(0);
    assertEquals(await rename(), 403);
  });
});
