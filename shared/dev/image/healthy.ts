/** `healthy.ts SERVICE`, in an image: ends with 0 when the service answers `/health` where it listens. */
import { innerHost } from "../plan.ts";
import { isServiceName } from "../service_names.ts";

const ANSWER_MS = 2_000;
const [service] = Deno.args;
if (!isServiceName(service)) Deno.exit(2);
// Only GC serves its own port by TLS.
const byTls = service === "global" && Boolean(Deno.env.get("DT_TLS_CERT_FILE"));
const host = innerHost({ host: Deno.env.get("DT_HOST") || "127.0.0.1" });
const url = `${byTls ? "https" : "http"}://${host}:${Deno.env.get("DT_PORT")}/health`;
try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  await answer.body?.cancel();
  Deno.exit(answer.ok ? 0 : 1);
} catch {
  Deno.exit(1);
}
