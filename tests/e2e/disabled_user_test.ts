import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { z } from "zod";
import { meeting, ticket } from "../../shared/protocol/mod.ts";
import { Client } from "../meeting/support/client.ts";
import { startStack } from "./stack.ts";
import { rest } from "../rest.ts";

const ADMIN = { email: "admin@example.org", password: "correct horse battery" };

const access = z.object({ access_token: z.string() });

/** Asks the services at `origin` as the holder of a token does. */
function callerAt(origin: string) {
  return (method: string, path: string, token?: string, body?: unknown) =>
    rest(origin, method, `/api/v1${path}`, { ...(token === undefined ? {} : { token }), body });
}

/** How many transports the media handler has. */
async function transports(origin: string): Promise<number> {
  const { port } = new URL(origin);
  const metrics = await (await fetch(`http://127.0.0.1:${Number(port) + 2}/metrics`)).text();
  return Number(/^mh_transports(?:\{[^}]*\})? (\d+)/m.exec(metrics)?.[1]);
}

Deno.test("disabled user › is out of a running meeting by itself, and back only when enabled and signed in anew", async () => {
  await using stack = await startStack({
    DT_ADMIN_EMAIL: ADMIN.email,
    DT_ADMIN_PASSWORD: ADMIN.password,
    // The test asks again and again until it is so.
    DT_LIMIT_ADDRESS_PER_SECOND: "100000",
    DT_LIMIT_ADDRESS_BURST: "100000",
    DT_LIMIT_USER_PER_SECOND: "100000",
    DT_LIMIT_USER_BURST: "100000",
  });
  const { origin } = stack;
  const call = callerAt(origin);
  const person = async (name: string) => {
    const login = { email: `${name}@example.org`, password: "a long enough password" };
    const made = await call("POST", "/auth/register", undefined, { ...login, display_name: name });
    const { access_token: token, user_id: id } = access.extend({ user_id: z.string() }).parse(made.body);
    return { login, token, id };
  };
  const signIn = async (login: { email: string; password: string }) =>
    access.parse((await call("POST", "/auth/user/token", undefined, login)).body).access_token;
  const [ada, bob, boss] = [await person("ada"), await person("bob"), await signIn(ADMIN)];
  const { code } = meeting.parse(
    (await call("POST", "/meetings", ada.token, { display_name: "Weekly" })).body,
  );
  const ticketOf = async (token: string) => {
    const answer = await call("POST", `/meetings/${code}/join`, token, {});
    assertEquals(answer.status, 200, JSON.stringify(answer.body));
    return ticket.parse(answer.body);
  };
  const setDisabled = async (disabled: boolean) =>
    assertEquals((await call("PATCH", `/admin/users/${bob.id}`, boss, { disabled })).status, 200);

  const adas = await ticketOf(ada.token);
  using adasClient = new Client(adas.signaling_url, adas.token);
  // The routers' own capabilities do for a client that wants transports and no picture.
  await adasClient.join({ rtp_capabilities: adas.rtp_capabilities });
  const bobs = await ticketOf(bob.token);
  using bobsClient = new Client(bobs.signaling_url, bobs.token);
  const before = await transports(origin);
  const { participant_id, correlation_id, binding_token } = await bobsClient.join({
    rtp_capabilities: bobs.rtp_capabilities,
  });
  assertEquals(await transports(origin), before + 2);

  await setDisabled(true);
  assertEquals((await bobsClient.ended).reason, "removed");
  const left = await adasClient.told("participant.left", (data) => data.participant_id === participant_id);
  assertEquals(left.reason, "removed");
  while (await transports(origin) !== before) await delay(50);

  using resuming = new Client(bobs.signaling_url, bobs.token);
  const resumed = resuming.request("join", { resume: { correlation_id, binding_token } });
  assertEquals([(await resuming.ended).reason, (await resumed).ok], ["removed", false]);
  assertEquals((await call("POST", `/meetings/${code}/ticket`, bobs.token, {})).status, 403);
  assertEquals((await call("GET", "/me", bob.token)).status, 401);
  assertEquals((await call("POST", `/meetings/${code}/join`, bob.token, {})).status, 401);
  assertEquals((await call("POST", "/auth/user/token", undefined, bob.login)).status, 401);

  assert((await adasClient.request("chat.send", { text: "still here" })).ok);
  assertEquals((await call("GET", "/me", ada.token)).status, 200);

  await setDisabled(false);
  const token = await signIn(bob.login);
  while ((await call("GET", "/me", token)).status !== 200) await delay(50);
  const again = await ticketOf(token);
  using back = new Client(again.signaling_url, again.token);
  const joined = await back.join();
  assertEquals([joined.state, joined.resumed, joined.participants.length], ["joined", false, 2]);
});
