import { assertEquals } from "@std/assert";
import { createRemoteJWKSet, jwtVerify } from "@panva/jose";
import * as oauth from "oauth4webapi";
import { CLIENTS, startAuth } from "../start_auth.ts";
import type { RunningAuth } from "../start_auth.ts";

/** AC under an issuer that is its own address, as a client from elsewhere would find it. */
async function discovered(): Promise<{ auth: RunningAuth; server: oauth.AuthorizationServer }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  const { port } = listener.addr;
  const auth = await startAuth({ DT_PORT: String(port), DT_ISSUER: `http://127.0.0.1:${port}` });
  const issuer = new URL(auth.url);
  const answer = await oauth.discoveryRequest(issuer, {
    algorithm: "oauth2",
    [oauth.allowInsecureRequests]: true,
  });
  return { auth, server: await oauth.processDiscoveryResponse(issuer, answer) };
}

const client: oauth.Client = { client_id: CLIENTS.global.client_id };
const methods: [name: string, authentication: oauth.ClientAuth][] = [
  ["HTTP Basic", oauth.ClientSecretBasic(CLIENTS.global.client_secret)],
  ["form fields", oauth.ClientSecretPost(CLIENTS.global.client_secret)],
];

for (const [name, authentication] of methods) {
  Deno.test(`oauth4webapi › discovers AC, gets a token by ${name}, and the published keys verify it`, async () => {
    const { auth, server } = await discovered();
    await using _ = auth;
    const scope = "service.manage-meetings.mc";
    const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope }, {
      [oauth.allowInsecureRequests]: true,
    });
    const token = await oauth.processClientCredentialsResponse(server, client, answer);
    assertEquals([token.token_type, token.expires_in, token.scope], ["bearer", 3600, scope]);
    const keys = createRemoteJWKSet(new URL(server.jwks_uri ?? ""));
    const { payload } = await jwtVerify(token.access_token, keys, {
      algorithms: ["EdDSA"],
      typ: "at+jwt",
      issuer: server.issuer,
      audience: "darktower:meeting",
    });
    assertEquals(payload.sub, client.client_id);
    // All that RFC 9068 §4 asks of a resource server, by the client's own reading of it.
    const request = new Request("http://resource.example/", {
      headers: { authorization: `Bearer ${token.access_token}` },
    });
    const claims = await oauth.validateJwtAccessToken(server, request, "darktower:meeting", {
      [oauth.allowInsecureRequests]: true,
    });
    assertEquals([claims.client_id, claims.scope], [client.client_id, scope]);
  });
}

Deno.test("oauth4webapi › understands a refusal", async () => {
  const { auth, server } = await discovered();
  await using _ = auth;
  const answer = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    oauth.ClientSecretBasic("wrong"),
    {},
    { [oauth.allowInsecureRequests]: true },
  );
  const error = await oauth.processClientCredentialsResponse(server, client, answer).then(
    () => undefined,
    (e) => e,
  );
  assertEquals([error instanceof oauth.WWWAuthenticateChallengeError, error.status], [true, 401]);
});
