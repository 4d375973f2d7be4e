import { sign } from "node:crypto";
import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createKeyring, decodeMasterKeys } from "../../../auth/keys/keyring.ts";
import { generateSigningKey, openSigningKey, resealSigningKey } from "../../../auth/keys/signing_key.ts";
import { createVault } from "../../../auth/keys/vault.ts";
import { Secret } from "../../../shared/config/mod.ts";
import { StartError } from "../../../shared/service/mod.ts";

const key = (fill: number) => new Uint8Array(32).fill(fill);
const text = (value: string) => new TextEncoder().encode(value);

Deno.test("vault › opens what it sealed, under a fresh nonce each time", async () => {
  const vault = await createVault(key(1));
  const [one, two] = [await vault.seal(text("secret"), "kid"), await vault.seal(text("secret"), "kid")];
  assertEquals([one.nonce.length, one.ciphertext.length], [12, 6 + 16]);
  assertNotEquals(one.nonce, two.nonce);
  assertNotEquals(one.ciphertext, two.ciphertext);
  assertEquals(await vault.open(one, "kid"), text("secret"));
});

Deno.test("vault › doesn't open what was changed, moved or sealed under another key", async () => {
  const vault = await createVault(key(1));
  const sealed = await vault.seal(text("secret"), "kid");
  const flipped = (bytes: Uint8Array<ArrayBuffer>, at: number) =>
    bytes.map((byte, index) => index === at ? byte ^ 1 : byte);
  for (let at = 0; at < sealed.ciphertext.length; at++) {
    assertEquals(
      await vault.open({ ...sealed, ciphertext: flipped(sealed.ciphertext, at) }, "kid"),
      undefined,
    );
  }
  assertEquals(await vault.open({ ...sealed, nonce: flipped(sealed.nonce, 0) }, "kid"), undefined);
  assertEquals(await vault.open({ ...sealed, ciphertext: sealed.ciphertext.slice(0, -1) }, "kid"), undefined);
  assertEquals(await vault.open(sealed, "kid-2"), undefined);
  assertEquals(await (await createVault(key(2))).open(sealed, "kid"), undefined);
});

Deno.test("vault › tags depend on the master key, and its id doesn't give it away", async () => {
  const [one, two] = [await createVault(key(1)), await createVault(key(2))];
  assertEquals(one.tag("secret"), (await createVault(key(1))).tag("secret"));
  assertNotEquals(one.tag("secret"), two.tag("secret"));
  assertNotEquals(one.tag("secret"), one.tag("secreu"));
  assertEquals([one.id.length, one.id === two.id, key(1).toHex().includes(one.id)], [16, false, false]);
});

Deno.test("vault › what it derives is what stored keys and secrets were made with, and stays so", async () => {
  // Computed by `node:crypto`'s hkdfSync, createHmac and createCipheriv from the same master key.
  const vault = await createVault(key(1));
  assertEquals(vault.id, "d39d4b57a8d36549");
  assertEquals(
    vault.tag("secret").toHex(),
    "a864a850d7012c5114baeb935beb05d55b72779e4ac315ac1a13eb886ac88a24",
  );
  const ciphertext = Uint8Array.fromHex("aeaee1635f7dd63fd7d1e271ddaaf433efcdaa35b296");
  assertEquals(await vault.open({ nonce: new Uint8Array(12).fill(2), ciphertext }, "kid"), text("secret"));
});

Deno.test("signing key › is usable after storing, and belongs to its id", async () => {
  const keyring = await createKeyring({ current: key(1) });
  const stored = await generateSigningKey(keyring);
  const opened = await openSigningKey(keyring, stored);
  if (opened === undefined) throw new Error("could not be opened");
  const x = Uint8Array.fromBase64(stored.public_x, { alphabet: "base64url" });
  const publicKey = await crypto.subtle.importKey("raw", x, "Ed25519", true, ["verify"]);
  const signature = new Uint8Array(sign(null, text("message"), opened));
  assertEquals(await crypto.subtle.verify("Ed25519", publicKey, signature, text("message")), true);
  assertEquals(await openSigningKey(keyring, { ...stored, kid: "another" }), undefined);
});

Deno.test("signing key › moves to a new master key while both are at hand", async () => {
  const [old, next] = [key(1), key(2)];
  const stored = await generateSigningKey(await createKeyring({ current: old }));
  const both = await createKeyring({ current: next, previous: old });
  const resealed = await resealSigningKey(both, stored);
  if (resealed === undefined) throw new Error("was not sealed anew");
  assertNotEquals(await openSigningKey(await createKeyring({ current: next }), resealed), undefined);
  assertEquals(await openSigningKey(await createKeyring({ current: old }), resealed), undefined);
  assertEquals(await resealSigningKey(both, resealed), undefined);
});

for (
  const value of ["", "short", new Uint8Array(31).toBase64(), new Uint8Array(33).toBase64(), "?".repeat(44)]
) {
  Deno.test(`master key › "${value.slice(0, 8)}…" of ${value.length} characters is refused without being shown`, () => {
    const error = assertThrows(() => decodeMasterKeys(new Secret(value), undefined), StartError);
    assertEquals(value !== "" && error.message.includes(value), false);
  });
}
