import { fail } from "../../shared/actor/mod.ts";
import { fetchAsService } from "../../shared/auth/mod.ts";
import type { PlacementServices } from "../placement/placement_services.ts";
import type { NotRecorded } from "./audit_forwarder_protocol.ts";

const SCOPE = "service.record-audit.ac";
/** Longer than AC waits for its database. */
const TIMEOUT_MS = 15_000;
/** The entries are at fault; every other refusal may be over later. */
const FOR_GOOD: ReadonlySet<number> = new Set([400, 413]);

/** Has AC add entries to the audit trail; nothing when it has stored them. */
export async function postAudit(
  { settings, serviceTokens }: Pick<PlacementServices, "settings" | "serviceTokens">,
  entries: readonly unknown[],
): Promise<NotRecorded | undefined> {
  try {
    const sent = await fetchAsService(serviceTokens, SCOPE, {
      url: `${settings.authUrl}/api/v1/auth/internal/audit`,
      method: "POST",
      body: { entries },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!sent.ok) return fail("unavailable", sent.error.message);
    const answer = sent.value;
    const text = await answer.text();
    if (answer.status === 204) return undefined;
    const reason = `the Auth Controller answered ${answer.status}: ${text.slice(0, 1_000)}`;
    return fail(FOR_GOOD.has(answer.status) ? "refused" : "unavailable", reason);
  } catch (error) {
    return fail("unavailable", error instanceof Error ? error.message : String(error));
  }
}
