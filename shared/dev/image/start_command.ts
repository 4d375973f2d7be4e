import type { Permissions } from "../permission_flags.ts";
import type { ServiceName } from "../service_names.ts";
import { entryPoint, runFlags } from "../services.ts";
import { ownSettings } from "../tasks/own_settings.ts";

/** What the runtime reads: where its cache is, further authorities that it trusts, its tracing, its colours, its memory. */
const OF_THE_RUNTIME =
  /^(DENO_DIR|DENO_CERT|DENO_V8_FLAGS|DENO_NO_UPDATE_CHECK|NO_COLOR|OTEL_\w+|MALLOC_\w+)$/;

/**
 * A script for a shell in the image's folder, which becomes the service: with these permissions, with no variable that
 * is not the service's, and with the arguments that the shell was given.
 */
export function startCommand(
  service: ServiceName,
  permissions: Permissions,
  environment: Readonly<Record<string, string>>,
  deno: string,
): string {
  const own = ownSettings(service, environment);
  const others = Object.keys(environment).filter((name) => !(name in own) && !OF_THE_RUNTIME.test(name));
  const command = [deno, ...runFlags(".", permissions), entryPoint(service)].map(quoted).join(" ");
  // A shell can't unset what is no name of its variables; such a name is of no use to a service either.
  const unset = others.filter((name) => /^[A-Za-z_]\w*$/.test(name)).map((name) => `unset ${name}\n`).join(
    "",
  );
  return `${unset}exec ${command} "$@"\n`;
}

/** A word for a shell that takes nothing in it for its own. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
