/**
 * Whether connections to a URL are refused, which `fetch` doesn't say: nobody listens there. `false` if that isn't known
 * before `signal` is aborted.
 */
export async function isRefused(url: string, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const { protocol, hostname, port } = new URL(url);
  const aborted = Promise.withResolvers<false>();
  signal.addEventListener("abort", () => aborted.resolve(false), { once: true });
  const connected = Deno.connect({
    hostname: hostname.replace(/^\[|\]$/g, ""),
    port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
  }).then(
    (connection) => {
      connection.close();
      return false;
    },
    (error) => error instanceof Deno.errors.ConnectionRefused,
  );
  return await Promise.race([connected, aborted.promise]);
}
