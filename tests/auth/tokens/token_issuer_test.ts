import { assertEquals, assertNotEquals } from "@std/assert";
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from "@panva/jose";
import { notReady } from "../../../auth/composition/not_ready.ts";
import { dropKey, makeNextKey } from "../../../auth/keys/change_keys.ts";
import type { KeyStore } from "../../../auth/keys/change_keys.ts";
import { createKeyring } from "../../../auth/keys/keyring.ts";
import { publishedKeys } from "../../../auth/keys/published_keys.ts";
import { migrations } from "../../../auth/store/migrations.ts";
import type { Tables } from "../../../auth/store/schema.ts";
import { TokenIssuerActor } from "../../../auth/tokens/token_issuer.ts";
import type { TokenIssuerInit, TokenRequest } from "../../../auth/tokens/token_issuer.ts";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import type { ActorRef } from "../../../shared/actor/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";
import { tokenIssuerHome } from "./token_issuer_home.ts";
import { unrecorded } from "../unrecorded.ts";

const NOW = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;

const request: TokenRequest = {
  type: "at+jwt",
  audience: "darktower:media",
  subject: "meeting",
  lifetimeSeconds: 60,
  atMs: NOW,
  claims: { scope: "service.link.mh", iss: "somebody else", exp: 1 },
};

interface Bench extends KeyStore {
  readonly issuer: ActorRef<typeof TokenIssuerActor.protocol>;
  /** Sets the clock of whoever makes and publishes keys. */
  at(now: number): void;
}

for (const { name, missing: ignore, create } of await databaseKinds()) {
  for (const home of ["in-isolate", "Worker-hosted"] as const) {
    const test = (behaviour: string, work: (bench: Bench) => Promise<void>, burst = 1000) =>
      Deno.test({
        name: `token issuer on ${name}, ${home} › ${behaviour}`,
        ignore,
        async fn() {
          await using database = await create();
          const masterKeys = { current: new Uint8Array(32).fill(1) };
          await using store = await openDatabase<Tables>(database.location, migrations);
          await using scope = createScope();
          const init: TokenIssuerInit = {
            database: database.location,
            masterKeys,
            issuer: "http://localhost:8080",
            rate: { count: 1, periodMs: HOUR, burst },
          };
          const options = home === "in-isolate" ? {} : { home: tokenIssuerHome(database.location) };
          let now = NOW;
          await work({
            issuer: scope.spawn(TokenIssuerActor, init, options),
            store,
            keyring: await createKeyring(masterKeys),
            times: { publishAheadMs: HOUR, longestTokenMs: HOUR },
            now: () => now,
            at: (next) => now = next,
          });
        },
      });

    test("without a key there is no token", async ({ issuer }) => {
      const outcome = await issuer.ask("issue", request);
      assertEquals(outcome.ok ? "a token" : outcome.error.code, "no_signing_key");
    });

    test("AC is ready when its issuer can sign, not when there is just a key", async (bench) => {
      const { issuer: tokenIssuer, store, now } = bench;
      const answer = () => notReady({ tokenIssuer, store, now });
      assertEquals(await answer(), "there is no signing key yet");
      const foreign = await createKeyring({ current: new Uint8Array(32).fill(2) });
      await makeNextKey({ ...bench, keyring: foreign }, 0, unrecorded);
      valueOf(await tokenIssuer.ask("reload", undefined));
      assertEquals(await answer(), "no stored signing key can be opened with this master key");
      await makeNextKey(bench, 0, unrecorded);
      bench.at(NOW + HOUR);
      valueOf(await tokenIssuer.ask("reload", undefined));
      assertEquals(await answer(), undefined);
    });

    test("a token is signed by a published key, and says what it was asked to say", async (bench) => {
      await makeNextKey(bench, 0, unrecorded);
      valueOf(await bench.issuer.ask("reload", undefined));
      const { token, jti } = valueOf(await bench.issuer.ask("issue", request));
      const [jwk] = (await publishedKeys(bench.store, NOW)).keys;
      if (jwk === undefined) throw new Error("no key is published");
      await compactVerify(token, await importJWK({ ...jwk }, "EdDSA"));
      assertEquals(decodeProtectedHeader(token), { alg: "EdDSA", kid: jwk.kid, typ: "at+jwt" });
      const iat = NOW / 1000;
      assertEquals(decodeJwt(token), {
        scope: "service.link.mh",
        iss: "http://localhost:8080",
        aud: "darktower:media",
        sub: "meeting",
        iat,
        exp: iat + 60,
        jti,
      });
    });

    test("a key signs when every verifier can have it, not before", async (bench) => {
      const signedBy = async (atMs: number) =>
        decodeProtectedHeader(valueOf(await bench.issuer.ask("issue", { ...request, atMs })).token).kid;
      const first = await makeNextKey(bench, 0, unrecorded);
      bench.at(NOW + 1);
      const second = await makeNextKey(bench, 0, unrecorded);
      if (!first.done || !second.done) throw new Error("there was no new key");
      valueOf(await bench.issuer.ask("reload", undefined));
      assertEquals(await signedBy(NOW + HOUR), first.kid);
      assertEquals(await signedBy(NOW + HOUR + 1), second.kid);
      assertEquals((await publishedKeys(bench.store, NOW)).keys.length, 2);
    });

    test("a revoked key signs no more; the one before it does until the next may", async (bench) => {
      const first = await makeNextKey(bench, 0, unrecorded);
      bench.at(NOW + 1);
      const second = await makeNextKey(bench, 0, unrecorded);
      if (!first.done || !second.done) throw new Error("there was no new key");
      bench.at(NOW + 2 * HOUR - 1);
      const dropped = await dropKey(bench, second.kid, unrecorded);
      valueOf(await bench.issuer.ask("reload", undefined));
      const atMs = NOW + 2 * HOUR - 1;
      const { token } = valueOf(await bench.issuer.ask("issue", { ...request, atMs }));
      assertEquals(decodeProtectedHeader(token).kid, first.kid);
      // Its new tokens outlive the time at which it would have gone.
      const later = await publishedKeys(bench.store, NOW + 3 * HOUR);
      assertEquals(new Set(later.keys.map(({ kid }) => kid)), new Set([first.kid, dropped?.successor]));
      assertNotEquals(dropped?.successor, second.kid);
    });

    test("a successor that is known already steps in at once for a key that was revoked", async (bench) => {
      const first = await makeNextKey(bench, 0, unrecorded);
      bench.at(NOW + 1);
      const second = await makeNextKey(bench, 0, unrecorded);
      if (!first.done || !second.done) throw new Error("there was no new key");
      valueOf(await bench.issuer.ask("reload", undefined));
      const dropped = await dropKey(bench, first.kid, unrecorded);
      assertEquals(dropped, { successor: second.kid, isNew: false });
      valueOf(await bench.issuer.ask("reload", undefined));
      const { token } = valueOf(await bench.issuer.ask("issue", { ...request, atMs: NOW + 1 }));
      assertEquals(decodeProtectedHeader(token).kid, second.kid);
    });

    test("a subject gets only so many", async (bench) => {
      await makeNextKey(bench, 0, unrecorded);
      valueOf(await bench.issuer.ask("reload", undefined));
      const outcomes = [];
      for (let n = 0; n < 4; n++) outcomes.push(await bench.issuer.ask("issue", request));
      const codes = outcomes.map((outcome) => outcome.ok ? "ok" : outcome.error.code);
      assertEquals(codes, ["ok", "ok", "ok", "rate_limited"]);
      const other = await bench.issuer.ask("issue", { ...request, subject: "somebody else" });
      assertEquals(other.ok, true);
    }, 3);
  }
}
