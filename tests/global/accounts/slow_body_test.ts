import { assertEquals } from "@std/assert";
import { slowRequest } from "../../raw_request.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

Deno.test("slow body › whoever lost their rights before the body came is refused", async (t) => {
  await using d = await deployment({ env: { ...wideLimits, DT_DISABLED_USERS_CHECK_SECONDS: "1" } });
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  const slow = (start: string, token: string, body: unknown) =>
    slowRequest(d.url, [start, `authorization: Bearer ${token}`], body);

  await t.step("a user who is disabled makes no meeting, and changes none", async () => {
    const { code } = await createMeeting(bob);
    using made = await slow("POST /api/v1/meetings", bob, { display_name: "Another" });
    using changed = await slow(`PATCH /api/v1/meetings/${code}`, bob, { display_name: "Another" });
    const path = `/api/v1/admin/users/${claimsOf(bob).sub}`;
    assertEquals((await send("PATCH", path, { token: boss, body: { disabled: true } })).status, 200);
    while ((await send("GET", "/api/v1/me", { token: bob })).status !== 401);
    assertEquals([(await made.finish()).status, (await changed.finish()).status], [401, 401]);
  });

  await t.step("a controller removes nobody from a meeting that it doesn't run any more", async () => {
    const { code, meeting_id } = await createMeeting(ann);
    await join(code, ann);
    const service = await d.serviceToken("meeting", "service.register-controller.gc");
    const removal = { sub: claimsOf(ann).sub, banned: false, at_ms: 1 };
    using removed = await slow(`POST /api/v1/internal/meetings/${meeting_id}/removals`, service, removal);
    assertEquals((await send("DELETE", `/api/v1/meetings/${code}`, { token: ann })).status, 204);
    assertEquals((await removed.finish()).status, 403);
  });
});
