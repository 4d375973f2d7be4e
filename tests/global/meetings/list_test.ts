import { assertEquals } from "@std/assert";
import { meetingList } from "../../../shared/protocol/mod.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("meetings › a list has what one made or was in; admins see all of their organisation", async () => {
  await using d = await deployment({ organization: "other" });
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  assertEquals([await mc.register(), await registerHandler(d)], [201, 201]);
  const [ann, bob, eve] = [await user("ann"), await user("bob"), await user("eve", "other")];
  const made = await createMeeting(ann, {
    settings: { allow_guests: true, allow_external_participants: true },
  });
  const listed = async (token: string) => {
    const { items } = meetingList.parse((await send("GET", "/api/v1/meetings", { token })).body);
    return items.map(({ code }) => code);
  };
  assertEquals([await listed(ann), await listed(bob), await listed(await admin())], [[made.code], [], [
    made.code,
  ]]);

  await join(made.code, bob);
  await join(made.code, bob);
  await join(made.code, eve);
  assertEquals(await listed(bob), [made.code]);
  // Whoever comes from another organisation joins by the link, and still doesn't see into this one.
  assertEquals(await listed(eve), []);

  const guest = await send("POST", `/api/v1/meetings/${made.code}/guest-token`, {
    body: { display_name: "Gus" },
  });
  const { token } = Object(guest.body);
  for (const headers of [{}, { token }]) {
    assertEquals((await send("GET", "/api/v1/meetings", headers)).status, 401);
  }

  assertEquals((await send("DELETE", `/api/v1/meetings/${made.code}`, { token: ann })).status, 204);
  assertEquals([await listed(ann), await listed(bob)], [[made.code], [made.code]]);
});
