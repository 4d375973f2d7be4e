import { assertEquals } from "@std/assert";
import { type Api, createApi } from "../../shared/client/api.ts";
import { meetingRecord, ticketTo } from "./samples.ts";

interface Seen {
  route: string;
  authorization: string | null;
  body: string;
}

/** A REST server with the given answers by `METHOD path`. */
function startRest(answers: Record<string, (seen: Seen) => Response>) {
  const seen: Seen[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const route = `${request.method} ${new URL(request.url).pathname}`;
    const call = { route, authorization: request.headers.get("authorization"), body: await request.text() };
    seen.push(call);
    return answers[route]?.(call) ?? new Response(null, { status: 404 });
  });
  const api: Api = createApi({ baseUrl: `http://127.0.0.1:${server.addr.port}` });
  return { api, seen, [Symbol.asyncDispose]: () => server.shutdown() };
}

function refused(status: number, code: string, message: string): Response {
  return Response.json({ error: { code, message } }, { status });
}

const token = (access_token: string) => ({
  access_token,
  token_type: "Bearer",
  expires_in: 3600,
  scope: "user",
});

Deno.test("API › a login's token is sent from then on", async () => {
  await using rest = startRest({
    "POST /api/v1/auth/user/token": () => Response.json(token("t1")),
    "POST /api/v1/meetings": () => Response.json(meetingRecord, { status: 201 }),
  });
  assertEquals(rest.api.isSignedIn(), false);
  assertEquals((await rest.api.login({ email: "ann@example.org", password: "secret" })).ok, true);
  const created = await rest.api.createMeeting({ display_name: "Weekly" });
  assertEquals(created, { ok: true, value: meetingRecord });
  assertEquals(rest.seen[1]?.authorization, "Bearer t1");
});

Deno.test("API › whose token it has is known, where the token says it", async () => {
  const jwt = `e30.${btoa(JSON.stringify({ sub: "ann" })).replaceAll("=", "")}.c2ln`;
  const tokens = [jwt, "opaque"];
  await using rest = startRest({
    "POST /api/v1/auth/user/token": () => Response.json(token(tokens.shift() ?? "")),
  });
  const ids = [rest.api.userId()];
  for (const email of ["ann@example.org", "bob@example.org"]) {
    await rest.api.login({ email, password: "secret" });
    ids.push(rest.api.userId());
  }
  assertEquals(ids, [undefined, "ann", undefined]);
});

Deno.test("API › an expired token is refreshed once for all who wait, and the calls are made again", async () => {
  let refreshes = 0;
  await using rest = startRest({
    "POST /api/v1/auth/user/token": () => Response.json(token("old")),
    "POST /api/v1/auth/user/refresh": () => {
      refreshes++;
      return Response.json(token("new"));
    },
    "POST /api/v1/meetings/abc-def/join": ({ authorization }) =>
      authorization === "Bearer new"
        ? Response.json(ticketTo("ws://localhost:8090/signaling"))
        : refused(401, "UNAUTHORIZED", "Sign in."),
  });
  await rest.api.login({ email: "ann@example.org", password: "secret" });
  const results = await Promise.all([rest.api.joinTicket("abc-def"), rest.api.joinTicket("abc-def")]);
  assertEquals(results.map(({ ok }) => ok), [true, true]);
  assertEquals(refreshes, 1);
});

Deno.test("API › a refresh that is refused signs out and says why", async () => {
  await using rest = startRest({
    "POST /api/v1/auth/user/refresh": () => refused(401, "UNAUTHORIZED", "Sign in first."),
  });
  const result = await rest.api.listMeetings();
  assertEquals(!result.ok && [result.error.status, result.error.message], [401, "Sign in first."]);
  assertEquals(rest.api.isSignedIn(), false);
});

Deno.test("API › registering signs in, by the answer's own token and cookie", async () => {
  await using rest = startRest({
    "POST /api/v1/auth/register": () =>
      Response.json({ user_id: "u1", access_token: "a", token_type: "Bearer", expires_in: 3600 }, {
        status: 201,
      }),
  });
  const result = await rest.api.register({
    email: "ann@example.org",
    password: "long enough",
    display_name: "Ann",
  });
  assertEquals([result.ok, rest.api.isSignedIn()], [true, true]);
  assertEquals(rest.seen.map(({ route }) => route), ["POST /api/v1/auth/register"]);
});

Deno.test("API › a wrong password is told, and not tried again with another token", async () => {
  await using rest = startRest({
    "POST /api/v1/auth/user/token": () => Response.json(token("t1")),
    "PUT /api/v1/auth/user/password": () => refused(401, "INVALID_CREDENTIALS", "It is wrong."),
  });
  await rest.api.login({ email: "ann@example.org", password: "long enough" });
  const body = { current_password: "another", new_password: "long enough too" };
  const result = await rest.api.changePassword(body);
  assertEquals(result.ok || result.error.code, "INVALID_CREDENTIALS");
  assertEquals(rest.seen.map(({ route }) => route), [
    "POST /api/v1/auth/user/token",
    "PUT /api/v1/auth/user/password",
  ]);
});

Deno.test("API › an error keeps its code, its words and when to try again", async () => {
  await using rest = startRest({
    "POST /api/v1/meetings/abc-def/guest-token": () =>
      Response.json({ error: { code: "RATE_LIMITED", message: "Too many.", retry_after_seconds: 3 } }, {
        status: 429,
      }),
  });
  assertEquals(await rest.api.guestTicket("abc-def", "Guest"), {
    ok: false,
    error: { status: 429, code: "RATE_LIMITED", message: "Too many.", retryAfterSeconds: 3 },
  });
});

Deno.test("API › an answer of another shape is an error, not a surprise later", async () => {
  await using rest = startRest({
    "POST /api/v1/meetings/abc-def/guest-token": () => Response.json({ token: 7 }),
  });
  const result = await rest.api.guestTicket("abc-def", "Guest");
  assertEquals(!result.ok && result.error.code, "UNEXPECTED");
});

Deno.test("API › a server that isn't there is told in words", async () => {
  const api = createApi({ baseUrl: "http://127.0.0.1:9" });
  const result = await api.guestTicket("abc-def", "Guest");
  assertEquals(!result.ok && [result.error.status, result.error.code], [0, "NETWORK"]);
});

Deno.test("API › a code is escaped in the path", async () => {
  await using rest = startRest({});
  await rest.api.guestTicket("../admin", "Guest");
  assertEquals(rest.seen[0]?.route, "POST /api/v1/meetings/..%2Fadmin/guest-token");
});

Deno.test("API › a session that couldn't be ended goes on; one that is gone has ended", async () => {
  let answer = refused(503, "UNAVAILABLE", "Not now.");
  await using rest = startRest({
    "POST /api/v1/auth/user/token": () => Response.json(token("t1")),
    "POST /api/v1/auth/user/logout": () => answer,
  });
  await rest.api.login({ email: "ann@example.org", password: "secret" });
  assertEquals([(await rest.api.logout()).ok, rest.api.isSignedIn()], [false, true]);
  answer = refused(401, "NO_SESSION", "Sign in.");
  assertEquals([(await rest.api.logout()).ok, rest.api.isSignedIn()], [true, false]);
});

Deno.test("API › after the token is forgotten, the cookie is asked whose session it is", async () => {
  await using rest = startRest({
    "POST /api/v1/auth/user/token": () => Response.json(token("first")),
    "POST /api/v1/auth/user/refresh": () => Response.json(token("second")),
    "POST /api/v1/meetings": () => Response.json(meetingRecord, { status: 201 }),
  });
  await rest.api.login({ email: "ann@example.org", password: "secret" });
  rest.api.forget();
  assertEquals(rest.api.isSignedIn(), false);
  await rest.api.createMeeting({ display_name: "Weekly" });
  assertEquals(rest.seen.at(-1)?.authorization, "Bearer second");
});

Deno.test("API › a session that was asked for before the token was forgotten isn't taken for the one of now", async () => {
  const refreshes: ((answer: Response) => void)[] = [];
  const authorizations: (string | null)[] = [];
  const api = createApi({
    baseUrl: "",
    fetch(url, { headers }) {
      if (url.endsWith("/refresh")) return new Promise((resolve) => refreshes.push(resolve));
      authorizations.push(new Headers(headers).get("authorization"));
      return Promise.resolve(Response.json(meetingRecord, { status: 201 }));
    },
  });
  const asked = [api.refresh()];
  // In another tab Ann signs out and Bea signs in.
  api.forget();
  asked.push(api.refresh());
  const [answerAnn, answerBea] = refreshes;
  answerBea?.(Response.json(token("bea")));
  answerAnn?.(Response.json(token("ann")));
  await Promise.all(asked);
  await api.createMeeting({ display_name: "Weekly" });
  assertEquals(authorizations, ["Bearer bea"]);
});
