/** Secrets in whose values hosts stand that a service must reach. */
const WITH_HOSTS = ["DT_DATABASE_URL", "DT_LIVE_STORE_URL"];

/** An environment with the values of such secrets that it names as files. One that can't be read is left to the service. */
export function withAddresses(
  env: Readonly<Record<string, string>>,
  readFile: (path: string) => string,
): Record<string, string> {
  const read: Record<string, string> = {};
  for (const name of WITH_HOSTS) {
    const file = env[`${name}_FILE`];
    if (file === undefined) continue;
    try {
      read[name] = readFile(file).trim();
    } catch {
      // The service says which setting names it.
    }
  }
  return { ...env, ...read };
}
