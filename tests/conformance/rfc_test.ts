import { assertEquals } from "@std/assert";
import { calculateJwkThumbprint } from "@panva/jose";
import {
  hkdfSha256,
  hmacSha256,
  isSignedBy,
  isValidJws,
  jwsBy,
  openGcm,
  publicKey,
  sealGcm,
  signature,
} from "./primitives.ts";

const hex = (text: string) => Uint8Array.fromHex(text);
const utf8 = (text: string) => new TextEncoder().encode(text);

/** RFC 8032 §7.1. */
const ed25519: [name: string, secret: string, key: string, message: string, signature: string][] = [
  [
    "TEST 1",
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "TEST 2",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "TEST 3",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
];
for (const [name, secret, key, message, expected] of ed25519) {
  Deno.test(`RFC 8032 › ${name}`, async () => {
    assertEquals(signature(hex(secret), hex(message)).toHex(), expected);
    const imported = await publicKey(hex(key).toBase64({ alphabet: "base64url", omitPadding: true }));
    assertEquals(isSignedBy(imported, hex(message), hex(expected)), true);
    const other = hex(expected);
    other[0] = (other[0] ?? 0) ^ 1;
    assertEquals(isSignedBy(imported, hex(message), other), false);
  });
}

/** RFC 8037, appendix A. */
const jwk = {
  kty: "OKP",
  crv: "Ed25519",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
};
const jws =
  "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

Deno.test("RFC 8037 › A.2 and A.3: the key and its thumbprint", async () => {
  const { d: _, ...shown } = jwk;
  assertEquals(await calculateJwkThumbprint(shown), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
});

Deno.test("RFC 8037 › A.4 and A.5: signing and validating", async () => {
  assertEquals(await jwsBy(jwk, "Example of Ed25519 signing"), jws);
  const [header = "", payload = "", expected = ""] = jws.split(".");
  const secret = Uint8Array.fromBase64(jwk.d, { alphabet: "base64url" });
  const ours = signature(secret, utf8(`${header}.${payload}`));
  assertEquals(ours.toBase64({ alphabet: "base64url", omitPadding: true }), expected);
  const key = await publicKey(jwk.x);
  assertEquals(isValidJws(key, jws), true);
  assertEquals(isValidJws(key, jws.replace("RXhh", "RXhi")), false);
});

Deno.test("RFC 7520 › 4.4: HMAC-SHA2 over a JWS's signing input", () => {
  const key = Uint8Array.fromBase64("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg", { alphabet: "base64url" });
  const input =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNGJjNzAzNyJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4";
  const tag = hmacSha256(key, utf8(input)).toBase64({ alphabet: "base64url", omitPadding: true });
  assertEquals(tag, "s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0");
});

Deno.test("RFC 4231 › test case 2: HMAC-SHA-256", () => {
  assertEquals(
    hmacSha256(utf8("Jefe"), utf8("what do ya want for nothing?")).toHex(),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  );
});

Deno.test("RFC 5869 › A.1: HKDF-SHA-256", async () => {
  const okm = await hkdfSha256(
    hex("0b".repeat(22)),
    hex("000102030405060708090a0b0c"),
    hex("f0f1f2f3f4f5f6f7f8f9"),
    42,
  );
  assertEquals(
    okm.toHex(),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  );
});

Deno.test("The GCM specification › test case 14: AES-256", async () => {
  const input = { key: hex("00".repeat(32)), iv: hex("00".repeat(12)), aad: hex("") };
  const sealed = await sealGcm(input, hex("00".repeat(16)));
  assertEquals(sealed.toHex(), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
  assertEquals((await openGcm(input, sealed))?.toHex(), "00".repeat(16));
  sealed[0] = (sealed[0] ?? 0) ^ 1;
  assertEquals(await openGcm(input, sealed), undefined);
});
