import { assertEquals } from "@std/assert";
import { decodeProtectedHeader } from "@panva/jose";
import { client } from "../support/client.ts";
import { emptyPosts, rawRequest } from "../../raw_request.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("registration › an id belongs to the client that registered it", async (t) => {
  await using d = await deployment();
  const { send, user, admin } = client(d);
  await using mc = await controller(d);
  const path = "/api/v1/internal/meeting-controllers";

  await t.step("it needs a service token with the scope", async () => {
    const handlers = await d.serviceToken("media", "service.register-handler.gc");
    const ann = await user("ann");
    for (const [token, status] of [[handlers, 403], [ann, 401], ["nonsense", 401]] as const) {
      assertEquals((await send("POST", path, { token, body: mc.registration })).status, status);
    }
    assertEquals((await send("POST", path, { body: mc.registration })).status, 401);
  });

  await t.step("a heartbeat before the registration is told so", async () => {
    assertEquals((await mc.heartbeat()).status, 404);
  });

  await t.step("heartbeats count after it, of this instance alone", async () => {
    assertEquals(await mc.register(), 201);
    // And are told by which keys tokens are verified.
    const handlers = await d.serviceToken("media", "service.register-handler.gc");
    const key_ids = [decodeProtectedHeader(handlers).kid];
    assertEquals((await mc.heartbeat()).body, { state: "ready", key_ids });
    assertEquals((await mc.heartbeat({ state: "draining" })).body, { state: "draining", key_ids });
    assertEquals((await mc.heartbeat({ instance_id: "older" })).status, 404);
    assertEquals((await mc.heartbeat({ load: { meetings: -1, participants: 0 } })).status, 400);
  });

  await t.step("drains by a request without a body, however that is written", async () => {
    const token = await d.serviceToken("meeting", "service.register-controller.gc");
    for (const [form, request] of emptyPosts(`${path}/mc-1/drain`, [`authorization: Bearer ${token}`])) {
      assertEquals((await rawRequest(d.url, request)).status, 200, form);
    }
  });

  await t.step("another client can't take it over, report for it, drain it or remove it", async () => {
    const body = { service_type: "meeting-controller", scope: "service.register-controller.gc" };
    const made = await send("POST", "/api/v1/admin/clients", { token: await admin(), body });
    assertEquals(made.status, 201);
    const { client_id, client_secret } = Object(made.body);
    const answer = await fetch(`${d.authUrl}/api/v1/auth/service/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}` },
      body: new URLSearchParams({ grant_type: "client_credentials", scope: body.scope }),
    });
    const { access_token: token } = await answer.json();
    const load = { meetings: 0, participants: 0 };
    const beat = { instance_id: "first", state: "ready", load };
    const attempts = [
      await send("POST", path, { token, body: mc.registration }),
      await send("PUT", `${path}/mc-1/heartbeat`, { token, body: beat }),
      await send("POST", `${path}/mc-1/drain`, { token, body: {} }),
      await send("DELETE", `${path}/mc-1`, { token }),
    ];
    assertEquals(attempts.map(({ status }) => status), [403, 403, 403, 403]);
    assertEquals((await mc.heartbeat()).status, 200);
  });

  await t.step("a late goodbye of an older instance doesn't remove its successor", async () => {
    const token = await d.serviceToken("meeting", "service.register-controller.gc");
    const bye = (instance: string) => send("DELETE", `${path}/mc-1?instance_id=${instance}`, { token });
    assertEquals((await bye("older")).status, 404);
    assertEquals((await mc.heartbeat()).status, 200);
    assertEquals((await bye("first")).status, 204);
    assertEquals((await mc.heartbeat()).status, 404);
  });

  await t.step("a malformed registration is refused", async () => {
    assertEquals(await registerHandler(d, { id: "no spaces" }), 400);
    assertEquals(await registerHandler(d), 201);
  });
});
