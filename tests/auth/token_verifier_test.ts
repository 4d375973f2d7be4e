import { assertEquals } from "@std/assert";
import { CompactSign, exportJWK, generateKeyPair } from "@panva/jose";
import { createScope } from "../../shared/actor/mod.ts";
import { AUDIENCES, createTokenVerifier, JwksManagerActor } from "../../shared/auth/mod.ts";
import type { Audience, TokenRefusal, TokenVerifier } from "../../shared/auth/mod.ts";
import { createSigner } from "./signer.ts";
import type { Signer } from "./signer.ts";

const ISSUER = "https://meet.example.org";
const NOW = 1_700_000_000;
const times = { iat: NOW - 10, exp: NOW + 100 };
const base = { iss: ISSUER, sub: "u-1", jti: "j-1", ...times };
const user = {
  ...base,
  aud: AUDIENCES.api,
  org_id: "o-1",
  roles: ["member"],
  scope: "user.join-meetings.gc",
};
const service = {
  ...base,
  aud: AUDIENCES.global,
  service_type: "media-handler",
  scope: "service.register-handler.gc",
};
const meeting = {
  ...base,
  aud: AUDIENCES.meeting,
  meeting_id: "m-1",
  meeting_org_id: "o-1",
  home_org_id: "o-1",
  participant_type: "member",
  role: "host",
  capabilities: [],
  display_name: "Ada",
} as const;

interface Desk extends AsyncDisposable {
  readonly signer: Signer;
  readonly verifier: TokenVerifier;
  /** What the issuer publishes at the moment. */
  publish(...signers: Signer[]): void;
  fetches(): number;
  moveTo(seconds: number): void;
}

async function desk(audience: Audience = AUDIENCES.global): Promise<Desk> {
  const signer = await createSigner("key-1");
  const scope = createScope();
  let published: unknown = { keys: [signer.jwk] };
  let fetches = 0;
  let seconds = NOW;
  const source = () => {
    fetches++;
    return Promise.resolve({ jwks: published });
  };
  const keys = scope.spawn(JwksManagerActor, {
    issuers: new Map([[ISSUER, source]]),
    cacheMs: 0,
    unknownKeyIntervalMs: 0,
  });
  return {
    signer,
    verifier: createTokenVerifier({ keys, audience, now: () => seconds * 1000 }),
    publish(...signers) {
      published = { keys: signers.map((each) => each.jwk) };
    },
    fetches: () => fetches,
    moveTo(to) {
      seconds = to;
    },
    [Symbol.asyncDispose]: () => scope[Symbol.asyncDispose](),
  };
}

const at = { typ: "at+jwt", kid: "key-1" };

Deno.test("verifier › accepts each kind of token as its own kind, and answers its claims", async () => {
  await using place = await desk();
  const { signer, verifier } = place;
  assertEquals(await verifier.user(await signer.sign(at, user)), { ok: true, claims: user });
  assertEquals(await verifier.service(await signer.sign(at, service)), { ok: true, claims: service });
  const token = await signer.sign({ ...at, typ: "meeting+jwt" }, meeting);
  const outcome = await verifier.meeting(token);
  assertEquals<unknown>(outcome.ok && outcome.claims, meeting);
});

type Make = (signer: Signer) => Promise<string>;

const base64url = (value: unknown) =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value))
    .toBase64({ alphabet: "base64url", omitPadding: true });

const changed = (change: (parts: string[]) => string[]): Make => async (signer) =>
  change((await signer.sign(at, user)).split(".")).join(".");

const signed = (header: Record<string, unknown>, payload: unknown): Make => (signer) =>
  signer.sign({ ...at, ...header }, payload);

const attacks: [name: string, make: Make, reason: TokenRefusal][] = [
  ["nothing", () => Promise.resolve(""), "malformed"],
  ["not a token", () => Promise.resolve("x".repeat(40)), "malformed"],
  ["9 KiB", () => Promise.resolve("x".repeat(9 * 1024)), "too_large"],
  [
    "alg none without a signature",
    () => Promise.resolve(`${base64url({ ...at, alg: "none" })}.${base64url(user)}.`),
    "malformed",
  ],
  [
    "alg none with a signature",
    changed(([, p = "", s = ""]) => [base64url({ ...at, alg: "none" }), p, s]),
    "header",
  ],
  [
    "alg NONE in other letters",
    changed(([, p = "", s = ""]) => [base64url({ ...at, alg: "nOnE" }), p, s]),
    "header",
  ],
  ["HS256 with the public key as secret", async (signer) => {
    const key = new TextEncoder().encode(String(signer.jwk["x"]).padEnd(32));
    const bytes = new TextEncoder().encode(JSON.stringify(user));
    return await new CompactSign(bytes).setProtectedHeader({ alg: "HS256", ...at }).sign(key);
  }, "malformed"],
  [
    "HS256 in the header of a good token",
    changed(([, p = "", s = ""]) => [base64url({ ...at, alg: "HS256" }), p, s]),
    "header",
  ],
  ["a stripped signature", changed(([h = "", p = ""]) => [h, p]), "malformed"],
  ["a blank signature", changed(([h = "", p = ""]) => [h, p, ""]), "malformed"],
  ["a signature of zeros", changed(([h = "", p = ""]) => [h, p, "A".repeat(86)]), "signature"],
  ["a truncated signature", changed(([h = "", p = "", s = ""]) => [h, p, s.slice(0, 84)]), "malformed"],
  ["a lengthened signature", changed(([h = "", p = "", s = ""]) => [h, p, `${s}AA`]), "malformed"],
  [
    "spare bits in the signature's last character",
    changed(([h = "", p = "", s = ""]) => [h, p, s.slice(0, -1) + next(s)]),
    "malformed",
  ],
  ["padding", changed(([h = "", p = "", s = ""]) => [h, p, `${s}==`]), "malformed"],
  [
    "base64 in place of base64url",
    changed(([h = "", p = "", s = ""]) => [h, p, `+${s.slice(1)}`]),
    "malformed",
  ],
  ["a blank inside", changed(([h = "", p = "", s = ""]) => [h, p, ` ${s.slice(1)}`]), "malformed"],
  ["a fourth part", changed((parts) => [...parts, "AA"]), "malformed"],
  [
    "changed claims",
    changed(([h = "", , s = ""]) => [h, base64url({ ...user, roles: ["operator"] }), s]),
    "signature",
  ],
  [
    "another header on a good signature",
    changed(([, p = "", s = ""]) => [base64url({ alg: "EdDSA", kid: "key-1", typ: "at+jwt" }), p, s]),
    "signature",
  ],
  [
    "a header member twice",
    changed((
      [, p = "", s = ""],
    ) => [base64url('{"alg":"none","alg":"EdDSA","kid":"key-1","typ":"at+jwt"}'), p, s]),
    "malformed",
  ],
  ["a claim twice", signed({}, JSON.stringify(user).replace("{", '{"sub":"u-2",')), "malformed"],
  ["a payload that is not JSON", signed({}, "hello"), "malformed"],
  ["a payload that is no object", signed({}, "[]"), "issuer"],
  ["crit", signed({ crit: ["exp"], exp: 1 }, user), "header"],
  ["another key inside the header", async (signer) => {
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const header = { alg: "EdDSA", ...at, jwk: await exportJWK(publicKey) };
    return await new CompactSign(new TextEncoder().encode(JSON.stringify(user))).setProtectedHeader(header)
      .sign(privateKey)
      .then((token) => `${token}${signer.kid.slice(99)}`);
  }, "header"],
  ["jku", signed({ jku: "http://evil.example/keys" }, user), "header"],
  ["x5u", signed({ x5u: "http://evil.example/cert" }, user), "header"],
  ["x5c", signed({ x5c: ["AA"] }, user), "header"],
  ["no kid", signed({ kid: undefined }, user), "header"],
  ["kid as a path", signed({ kid: "../../etc/passwd" }, user), "header"],
  ["kid as a query", signed({ kid: "' OR 1=1 --" }, user), "header"],
  ["kid that nobody has", signed({ kid: "key-9" }, user), "unknown_key"],
  ["kid of an object's own", signed({ kid: "__proto__" }, user), "unknown_key"],
  ["no typ", signed({ typ: undefined }, user), "header"],
  ["typ JWT", signed({ typ: "JWT" }, user), "header"],
  ["typ of a meeting token", signed({ typ: "meeting+jwt" }, user), "header"],
  ["a meeting token", signed({ typ: "meeting+jwt" }, meeting), "header"],
  ["a meeting token under another typ", signed({}, meeting), "audience"],
  ["a service token", signed({}, service), "audience"],
  ["another issuer", signed({}, { ...user, iss: "https://evil.example" }), "unknown_key"],
  [
    "an issuer that only begins like ours",
    signed({}, { ...user, iss: `${ISSUER}.evil.example` }),
    "unknown_key",
  ],
  ["no issuer", signed({}, { ...user, iss: undefined }), "issuer"],
  ["another audience", signed({}, { ...user, aud: "darktower:global" }), "audience"],
  ["several audiences", signed({}, { ...user, aud: [AUDIENCES.api] }), "audience"],
  ["no audience", signed({}, { ...user, aud: undefined }), "audience"],
  ["expired", signed({}, { ...user, exp: NOW - 6 }), "expired"],
  ["no expiry", signed({}, { ...user, exp: undefined }), "claims"],
  ["an expiry that is a text", signed({}, { ...user, exp: "never" }), "claims"],
  ["tomorrow's", signed({}, { ...user, iat: NOW + 86_400, exp: NOW + 90_000 }), "issued_in_future"],
  ["no subject", signed({}, { ...user, sub: undefined }), "claims"],
  ["roles that are a text", signed({}, { ...user, roles: "operator" }), "claims"],
];

/** The next character of the alphabet: the same bytes, other spare bits. */
function next(signature: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(signature.slice(-1)) + 1] ?? "";
}

for (const [name, make, reason] of attacks) {
  Deno.test(`verifier › refuses ${name}: ${reason}`, async () => {
    await using place = await desk();
    // Whose header and key are known by then.
    const good = await place.verifier.user(await place.signer.sign(at, user));
    assertEquals(good.ok, true);
    assertEquals(await place.verifier.user(await make(place.signer)), { ok: false, reason });
  });
}

Deno.test("verifier › each token is judged by its own header, however many headers were seen", async () => {
  await using place = await desk();
  const { signer, verifier } = place;
  const judged = async (kid: string) => {
    const verdict = await verifier.user(
      await signer.sign({ ...at, kid }, { ...user, jti: crypto.randomUUID() }),
    );
    return verdict.ok ? "good" : verdict.reason;
  };
  for (let round = 0; round < 2; round++) {
    assertEquals(await judged(signer.kid), "good");
    for (let n = 0; n < 20; n++) assertEquals(await judged(`key-of-nobody-${n}`), "unknown_key");
  }
  assertEquals(await judged(signer.kid), "good");
});

Deno.test("verifier › a user's token is refused as a service's, and the reverse", async () => {
  await using place = await desk();
  const { signer, verifier } = place;
  assertEquals(await verifier.service(await signer.sign(at, user)), { ok: false, reason: "audience" });
  assertEquals(await verifier.user(await signer.sign(at, service)), { ok: false, reason: "audience" });
});

Deno.test("verifier › a service's token counts at its own component only", async () => {
  await using place = await desk(AUDIENCES.auth);
  const token = await place.signer.sign(at, service);
  assertEquals(await place.verifier.service(token), { ok: false, reason: "audience" });
});

Deno.test("verifier › expiry has five seconds of leeway, and no more", async () => {
  await using place = await desk();
  const token = await place.signer.sign(at, user);
  const outcomes: boolean[] = [];
  for (const seconds of [user.exp, user.exp + 4, user.exp + 5, user.exp + 6]) {
    place.moveTo(seconds);
    outcomes.push((await place.verifier.user(token)).ok);
  }
  assertEquals(outcomes, [true, true, false, false]);
});

Deno.test("verifier › a token of up to 300 s in the future passes, for clocks that differ", async () => {
  await using place = await desk();
  const token = await place.signer.sign(at, { ...user, exp: NOW + 1000 });
  place.moveTo(user.iat - 300);
  assertEquals((await place.verifier.user(token)).ok, true);
  place.moveTo(user.iat - 301);
  assertEquals(await place.verifier.user(token), { ok: false, reason: "issued_in_future" });
});

Deno.test("verifier › a meeting token that expired recently is accepted where that is asked for", async () => {
  await using place = await desk();
  const token = await place.signer.sign({ ...at, typ: "meeting+jwt" }, meeting);
  place.moveTo(meeting.exp + 599);
  assertEquals(await place.verifier.meeting(token), { ok: false, reason: "expired" });
  assertEquals((await place.verifier.meeting(token, { expiredForSeconds: 600 })).ok, true);
  place.moveTo(meeting.exp + 606);
  assertEquals((await place.verifier.meeting(token, { expiredForSeconds: 600 })).ok, false);
});

Deno.test("verifier › a token that was good is refused once its key is withdrawn", async () => {
  await using place = await desk();
  const token = await place.signer.sign(at, user);
  assertEquals((await place.verifier.user(token)).ok, true);
  place.publish(await createSigner("key-2"));
  const before = place.fetches();
  // The first look after the set went stale starts the fetch; later ones see what it brought.
  while ((await place.verifier.user(token)).ok) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await place.verifier.user(token), { ok: false, reason: "unknown_key" });
  assertEquals(place.fetches() > before, true);
});

Deno.test("verifier › another key under the same id does not pass for the one before", async () => {
  await using place = await desk();
  const token = await place.signer.sign(at, user);
  assertEquals((await place.verifier.user(token)).ok, true);
  place.publish(await createSigner("key-1"));
  while ((await place.verifier.user(token)).ok) await new Promise((resolve) => setTimeout(resolve));
  assertEquals(await place.verifier.user(token), { ok: false, reason: "signature" });
});
