import { loginRows } from "./auth/logins.ts";
import { tokenRows } from "./auth/tokens.ts";
import { validationRows } from "./auth/validation.ts";
import type { Row } from "./row.ts";

/** What AC does in a second, with `oidc-provider` under Node and bare Argon2id beside it in the same run. */
export async function run(): Promise<readonly Row[]> {
  // First what is measured in this process: of what the others leave in it a service has nothing.
  const validation = await validationRows();
  return [...await tokenRows(), ...await loginRows(), ...validation];
}
