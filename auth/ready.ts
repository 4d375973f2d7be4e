import type { Parts } from "./parts.ts";
import { signingKeyAt, usableKeys } from "./store/signing_keys.ts";

/** Why AC can't serve at the moment, or `undefined`: the database answers, and there is a key to sign with. */
export async function ready({ store, now }: Parts, stopping: AbortSignal): Promise<string | undefined> {
  if (stopping.aborted) return "stopping";
  try {
    const signing = signingKeyAt(await usableKeys(store.queries, now()), now());
    return signing === undefined ? "there is no signing key yet" : undefined;
  } catch {
    return "the database does not answer";
  }
}
