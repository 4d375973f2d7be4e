import type { DatabaseLocation } from "../../shared/store/mod.ts";
import { type RunningAuth, startAuth } from "./start_auth.ts";

/** Two processes of AC, as far as the database can tell. */
export async function twoAuths(
  location: DatabaseLocation,
  env: Record<string, string> = {},
): Promise<{ readonly both: readonly [RunningAuth, RunningAuth] } & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  const all = { ...env, ...(location.kind === "postgres" ? { DT_DATABASE_URL: location.url } : {}) };
  const one = await startAuth(all, { folder });
  const two = await startAuth(all, { folder });
  return {
    both: [one, two],
    async [Symbol.asyncDispose]() {
      for (const auth of [one, two]) await auth[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
