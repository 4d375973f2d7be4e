import { definition as auth } from "../../../auth/settings.ts";
import { globalSettings } from "../../../global/settings.ts";
import { mediaSettings } from "../../../media/settings.ts";
import { definition as meeting } from "../../../meeting/settings.ts";
import { load } from "../../../shared/config/load.ts";
import type { ServiceName } from "../../../shared/dev/service_names.ts";

/** What is wrong with an environment as a service would say it, or `undefined`; secrets' files have what `readFile` says. */
export function problemWith(
  service: ServiceName,
  environment: Readonly<Record<string, string>>,
  readFile: (path: string) => string,
): string | undefined {
  const source = { env: (name: string) => environment[name], readFile };
  const loaded = {
    auth: () => load(auth, source),
    global: () => load(globalSettings, source),
    meeting: () => load(meeting, source),
    media: () => load(mediaSettings, source),
  }[service]();
  return loaded.ok ? undefined : loaded.message;
}

/** Every name by which a service takes a setting, `NAME_FILE` of secrets among them. */
export function settingsOf(service: ServiceName): string[] {
  const definitions = { auth, global: globalSettings, meeting, media: mediaSettings };
  return Object.values(definitions[service].fields).flatMap(({ name, secret }) =>
    secret ? [name, `${name}_FILE`] : [name]
  );
}
