import { assertEquals } from "@std/assert";
import { meetingToken, ticket } from "../../../shared/protocol/mod.ts";
import { claimsOf, client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment, wideLimits } from "../support/deployment.ts";

Deno.test("renewal › each new token has an admin as host, and nobody else but the creator", async (t) => {
  await using d = await deployment({ env: wideLimits });
  const { send, user, admin, createMeeting, join } = client(d);
  await using mc = await controller(d);
  await mc.register();
  await registerHandler(d);
  const [ann, bob, boss] = [await user("ann"), await user("bob"), await admin()];
  const { code, meeting_id } = await createMeeting(ann);
  const sub = String(claimsOf(bob).sub);
  const service = await d.serviceToken("meeting", "service.issue-meeting-token.gc");
  const setRoles = async (...roles: string[]) => {
    const path = `/api/v1/admin/users/${sub}`;
    assertEquals((await send("PATCH", path, { token: boss, body: { roles } })).status, 200);
  };
  const rightsOf = (token: string) => {
    const { role, capabilities } = claimsOf(token);
    return [role, capabilities];
  };
  /** What a person's next tokens say, by each way to one. */
  const renewed = async (token: string) => {
    const at = `/api/v1/meetings/${code}`;
    const [again, elsewhere] = [
      await send("POST", `${at}/ticket`, { token, body: {} }),
      await send("POST", `${at}/unreachable`, { token, body: {} }),
    ];
    const running = await send("POST", `/api/v1/internal/meetings/${meeting_id}/tokens`, {
      token: service,
      body: { sub: claimsOf(token).sub },
    });
    return [
      ticket.parse(again.body).token,
      ticket.parse(elsewhere.body).token,
      meetingToken.parse(running.body).token,
    ];
  };
  const capabilities = ["publish", "subscribe", "chat"];
  const host = ["host", [...capabilities, "moderate"]];
  const participant = ["participant", capabilities];

  await setRoles("member", "admin");
  const body = { email: "bob@example.org", password: "correct horse" };
  const login = await send("POST", "/api/v1/auth/user/token", { body });
  const bobs = (await join(code, Object(login.body).access_token)).token;
  const annes = (await join(code, ann)).token;

  await t.step("for as long as they are one they are host", async () => {
    assertEquals((await renewed(bobs)).map(rightsOf), [host, host, host]);
  });

  await t.step("afterwards they are not, nor by a user token that still says so", async () => {
    await setRoles("member");
    assertEquals((await renewed(bobs)).map(rightsOf), [participant, participant, participant]);
    assertEquals(rightsOf((await join(code, Object(login.body).access_token)).token), participant);
  });

  await t.step(
    "once they are one again they are host, by each way, whatever an old user token says",
    async () => {
      const old = await send("POST", "/api/v1/auth/user/token", { body });
      const before = (await join(code, Object(old.body).access_token)).token;
      assertEquals(rightsOf(before), participant);
      await setRoles("member", "admin");
      assertEquals(rightsOf((await join(code, Object(old.body).access_token)).token), host);
      assertEquals((await renewed(before)).map(rightsOf), [host, host, host]);
      await setRoles("member");
    },
  );

  await t.step("the creator is no admin, and stays host", async () => {
    assertEquals((await renewed(annes)).map(rightsOf), [host, host, host]);
  });
});
