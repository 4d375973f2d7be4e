import { writeObstacle } from "../../shared/store/mod.ts";
import { signingKeyAt, usableKeys } from "../keys/stored_signing_keys.ts";
import type { AuthServices } from "./auth_services.ts";

/** Longer than an issuer that is well ever takes. */
const ISSUER_TIMEOUT_MS = 1_000;

/**
 * Why AC can't serve at the moment, or `undefined`: the database can be read and written, there is a key to sign with, and this process
 * has it open.
 */
export async function notReady(
  { store, tokenIssuer, now }: Pick<AuthServices, "store" | "tokenIssuer" | "now">,
): Promise<string | undefined> {
  try {
    const signing = signingKeyAt(await usableKeys(store.queries, now()), now());
    if (signing === undefined) return "there is no signing key yet";
  } catch {
    return "the database does not answer";
  }
  const unwritable = await writeObstacle(store);
  if (unwritable !== undefined) return unwritable;
  const opened = await tokenIssuer.ask("canSign", { atMs: now() }, { timeoutMs: ISSUER_TIMEOUT_MS });
  if (!opened.ok) return `tokens can't be signed: ${opened.error.message}`;
  return opened.value ? undefined : "no stored signing key can be opened with this master key";
}
