// The peer of `deno task bench auth`: `oidc-provider` under Node, as its documentation sets it up for client
// credentials with JWT access tokens signed by Ed25519, over its in-memory adapter.
import { generateKeyPairSync } from "node:crypto";
import process from "node:process";
import Provider from "oidc-provider";

const [port, clientId, clientSecret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
const resource = "urn:bench:api";

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId,
    client_secret: clientSecret,
    grant_types: ["client_credentials"],
    redirect_uris: [],
    response_types: [],
    scope: "bench",
    id_token_signed_response_alg: "EdDSA",
  }],
  jwks: { keys: [{ ...key, alg: "EdDSA", use: "sig", kid: "bench" }] },
  scopes: ["bench"],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "bench",
        audience: resource,
        accessTokenTTL: 3600,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "EdDSA" } },
      }),
    },
  },
});
provider.on("server_error", (_context, error) => process.stderr.write(`${error.stack}\n`));
provider.listen(Number(port), "127.0.0.1", () => process.stdout.write("listening\n"));
