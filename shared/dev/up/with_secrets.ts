import { load } from "../../config/load.ts";
import { optional } from "../../config/optional.ts";
import type { Parsed } from "../../config/parsed.ts";
import { secret } from "../../config/secret.ts";
import { settings } from "../../config/settings.ts";
import { SECRETS_PASSED_ON } from "../passed_on.ts";

const fields = SECRETS_PASSED_ON.map((name) =>
  [name, optional(secret(name, { help: "handed on" }))] as const
);
const definition = settings(
  { service: "up", summary: "secrets of the services" },
  Object.fromEntries(fields),
);

/**
 * An environment with the values of the secrets that are handed on, and without the files that were named for them: a
 * service may read its own folder alone. Refuses a secret as a service does that has it.
 */
export function withSecrets(
  environment: Readonly<Record<string, string>>,
  readFile: (path: string) => string,
): Parsed<Record<string, string>> {
  const loaded = load(definition, { env: (name) => environment[name], readFile });
  if (!loaded.ok) return loaded;
  const named: readonly string[] = SECRETS_PASSED_ON.flatMap((name) => [name, `${name}_FILE`]);
  const value = Object.fromEntries(Object.entries(environment).filter(([name]) => !named.includes(name)));
  for (const [name, found] of Object.entries(loaded.value)) {
    if (found !== undefined) value[name] = found.reveal();
  }
  return { ok: true, value };
}
