import { assertEquals } from "@std/assert";
import { createRuntime, createScope } from "../../shared/actor/mod.ts";
import { fetchAsService, serviceToken, ServiceTokenActor } from "../../shared/auth/mod.ts";
import { Secret } from "../../shared/config/mod.ts";
import { manualClock } from "../manual_clock.ts";
import { CLIENTS, startAuth } from "./start_auth.ts";

/** A token endpoint that answers as the test says, and counts. */
function desk(answer: (count: number) => Response | Promise<Response>) {
  const clock = manualClock();
  const scope = createScope({ runtime: createRuntime({ clock }) });
  const scopes: string[] = [];
  const actor = scope.spawn(ServiceTokenActor, {
    tokenUrl: "http://auth.invalid/token",
    clientId: "meeting",
    clientSecret: new Secret("secret"),
    async fetch(input, init) {
      const form = new URLSearchParams(await new Request(input, init).text());
      scopes.push(form.get("scope") ?? "");
      return await answer(scopes.length);
    },
  });
  return {
    clock,
    scopes,
    async token(scope = "service.link.mh") {
      const outcome = await serviceToken(actor, scope);
      return outcome.ok ? outcome.value : outcome.error.code;
    },
    actor,
    refused: (token: string) => void actor.tell("refused", { token }),
    published: (keyIds: readonly string[]) => void actor.tell("published", { keyIds }),
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

const granted = (token: string) =>
  Response.json({ access_token: token, token_type: "Bearer", expires_in: 3600 });
const turns = async () => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setTimeout(resolve));
};

Deno.test("own tokens › many asks at once make one request, and each scope has its own token", async () => {
  await using place = desk((count) => granted(`t${count}`));
  const many = await Promise.all(Array.from({ length: 20 }, () => place.token()));
  assertEquals([...new Set(many)], ["t1"]);
  assertEquals(await place.token("service.register-controller.gc"), "t2");
  assertEquals(await place.token(), "t1");
  assertEquals(place.scopes, ["service.link.mh", "service.register-controller.gc"]);
});

/** A token that a key of this id could have signed. */
function signedBy(kid: string, jti: string): string {
  const part = (value: unknown) =>
    new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: "base64url", omitPadding: true });
  return `${part({ alg: "EdDSA", kid, typ: "at+jwt" })}.${part({ jti })}.${"A".repeat(86)}`;
}

Deno.test("own tokens › when one is refused, all tokens by its key are fetched anew, however young, and no others", async () => {
  const [link, register, audit] = ["service.link.mh", "service.register-controller.gc", "service.x.ac"];
  const tokens = [
    signedBy("old", "1"),
    signedBy("old", "2"),
    signedBy("new", "3"),
    signedBy("new", "4"),
    signedBy("new", "5"),
  ];
  await using place = desk((count) => granted(tokens[count - 1] ?? "none"));
  const all = async () => [await place.token(link), await place.token(register), await place.token(audit)];
  assertEquals(await all(), [tokens[0], tokens[1], tokens[2]]);
  place.refused(signedBy("old", "somebody else's"));
  assertEquals(await all(), [tokens[0], tokens[1], tokens[2]]);
  place.refused(tokens[0] ?? "");
  assertEquals(await all(), [tokens[3], tokens[4], tokens[2]]);
});

Deno.test("own tokens › a token by none of AC's keys is fetched anew although it was not refused", async () => {
  const tokens = [signedBy("old", "1"), signedBy("new", "2")];
  await using place = desk((count) => granted(tokens[count - 1] ?? "none"));
  assertEquals(await place.token(), tokens[0]);
  place.published(["old", "new"]);
  assertEquals(await place.token(), tokens[0]);
  place.published(["new"]);
  assertEquals([await place.token(), await place.token()], [tokens[1], tokens[1]]);
});

Deno.test("as a service › a request whose token is refused is sent once more with a fresh one, and only once", async () => {
  const tokens = [signedBy("old", "1"), signedBy("new", "2"), signedBy("newer", "3")];
  await using place = desk((count) => granted(tokens[count - 1] ?? "none"));
  const shown: (string | null)[] = [];
  const ask = async (good: string | undefined) => {
    const sent = await fetchAsService(place.actor, "service.link.mh", {
      url: "http://media.invalid/",
      method: "POST",
      body: { a: 1 },
      signal: AbortSignal.timeout(5_000),
      async fetch(input, init) {
        const request = new Request(input, init);
        shown.push(request.headers.get("authorization"));
        const status = shown.at(-1) === `Bearer ${good}` ? 200 : 401;
        return new Response(await request.text(), { status });
      },
    });
    return sent.ok ? [sent.value.status, await sent.value.text()] : [sent.error.code];
  };
  assertEquals(await ask(tokens[1]), [200, '{"a":1}']);
  assertEquals(shown, [`Bearer ${tokens[0]}`, `Bearer ${tokens[1]}`]);
  assertEquals(await ask("none of ours"), [401, '{"a":1}']);
  assertEquals(shown.slice(2), [`Bearer ${tokens[1]}`, `Bearer ${tokens[2]}`]);
});

Deno.test("own tokens › a client that AC refuses stays refused while AC is busy, until there is a token", async () => {
  const answers = [
    new Response("", { status: 401 }),
    new Response("", { status: 429 }),
    granted("t1"),
    new Response("", { status: 503 }),
  ];
  await using place = desk((count) => answers[count - 1] ?? new Response("", { status: 503 }));
  const seen: string[] = [];
  for (const waitMs of [0, 1_000, 1_000, 3_600_000]) {
    place.clock.advance(waitMs);
    seen.push(await place.token());
  }
  assertEquals(seen, ["refused", "refused", "t1", "unavailable"]);
});

Deno.test("own tokens › a token is renewed in the background before it expires", async () => {
  await using place = desk((count) => granted(`t${count}`));
  assertEquals(await place.token(), "t1");
  place.clock.advance(899_000);
  assertEquals([await place.token(), place.scopes.length], ["t1", 1]);
  place.clock.advance(2_000);
  assertEquals(await place.token(), "t1");
  await turns();
  assertEquals([await place.token(), place.scopes.length], ["t2", 2]);
});

Deno.test("own tokens › while AC is away the token at hand serves until it expires", async () => {
  await using place = desk((count) => count === 1 ? granted("t1") : new Response("", { status: 503 }));
  assertEquals(await place.token(), "t1");
  place.clock.advance(3_000_000);
  assertEquals(await place.token(), "t1");
  await turns();
  place.clock.advance(595_000);
  assertEquals(await place.token(), "unavailable");
});

Deno.test("own tokens › after a failure AC is not asked for a second", async () => {
  await using place = desk((count) => count === 1 ? new Response("", { status: 401 }) : granted("t"));
  assertEquals([await place.token(), await place.token(), place.scopes.length], ["refused", "refused", 1]);
  place.clock.advance(1_000);
  assertEquals([await place.token(), place.scopes.length], ["t", 2]);
});

Deno.test("own tokens › an invalid answer is a failure", async () => {
  await using place = desk(() => Response.json({ token: "t" }));
  assertEquals(await place.token(), "unavailable");
});

Deno.test("own tokens › a running AC issues them", async () => {
  await using auth = await startAuth();
  await using scope = createScope();
  const actor = scope.spawn(ServiceTokenActor, {
    tokenUrl: `${auth.url}/api/v1/auth/service/token`,
    clientId: CLIENTS.forcer.client_id,
    clientSecret: new Secret(CLIENTS.forcer.client_secret),
  });
  assertEquals((await serviceToken(actor, "admin.force-rotate-keys.ac")).ok, true);
  const refused = await serviceToken(actor, "service.link.mh");
  assertEquals(!refused.ok && refused.error.code, "refused");
});
