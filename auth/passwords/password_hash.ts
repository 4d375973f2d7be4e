import { hashSync, verifySync } from "@node-rs/argon2";

/** Argon2id (RFC 9106) with 19 MiB, 2 passes, 1 lane: OWASP's second recommendation. `Algorithm.Argon2id` is 2. */
const OPTIONS = { algorithm: 2, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** A password's hash in the PHC string format. Holds up its thread for tens of milliseconds, as the next one does. */
export function hashPassword(password: string): string {
  return hashSync(password.normalize("NFC"), OPTIONS);
}

export function isPasswordOf(hash: string, password: string): boolean {
  return verifySync(hash, password.normalize("NFC"));
}

/** What looks like a hash, takes as long to check, and is no password's. */
export function hashOfNobody(): string {
  const { memoryCost, timeCost, parallelism } = OPTIONS;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${random(16)}$${random(32)}`;
}

function random(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ omitPadding: true });
}
