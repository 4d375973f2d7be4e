import { z } from "zod";
import { fail, type Failure } from "../../shared/actor/mod.ts";
import { fetchAsService, tellKeyIds } from "../../shared/auth/mod.ts";
import type { PlacementServices } from "../placement/placement_services.ts";
import type { AccountNews, DisabledUser } from "./account_standings_protocol.ts";

const SCOPE = "service.read-disabled-users.ac";
const TIMEOUT_MS = 3_000;
/** Longer than any token lives: what is older has nothing left that could be refused. */
const SINCE_MS = 25 * 3_600_000;
const PAGE = 200;
/** The latest ones count; more at once is no working day of any organisation. */
const MOST = 10_000;

const page = z.object({
  items: z.array(z.object({ user_id: z.string(), disabled_at: z.iso.datetime().transform(Date.parse) })),
  next_cursor: z.string().nullable(),
  key_ids: z.array(z.string()).optional(),
  changed_roles: z.array(z.object({ user_id: z.string(), roles: z.array(z.string()) })).optional(),
});

/** Asks AC who is disabled, and whose roles have changed, lately; and hears on the way which keys it has. */
export async function readAccountStandings(
  { settings, serviceTokens, keys, now }: Pick<PlacementServices, "settings" | "serviceTokens" | "keys"> & {
    readonly now: () => number;
  },
): Promise<AccountNews | Failure<"unavailable">> {
  const disabled: DisabledUser[] = [];
  const roles = new Map<string, readonly string[]>();
  const query = new URLSearchParams({ since: String(now() - SINCE_MS), limit: String(PAGE) });
  try {
    for (;;) {
      const sent = await fetchAsService(serviceTokens, SCOPE, {
        url: `${settings.authUrl}/api/v1/auth/internal/disabled-users?${query}`,
        method: "GET",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!sent.ok) return fail("unavailable", sent.error.message);
      const answer = sent.value;
      const body: unknown = await answer.json();
      if (!answer.ok) return fail("unavailable", `the Auth Controller answered ${answer.status}`);
      const { items, next_cursor, key_ids, changed_roles = [] } = page.parse(body);
      if (key_ids !== undefined) tellKeyIds({ keys, tokens: serviceTokens }, settings.issuer, key_ids);
      disabled.push(...items);
      for (const changed of changed_roles) roles.set(changed.user_id, changed.roles);
      if (next_cursor === null || disabled.length >= MOST) return { disabled, roles };
      query.set("cursor", next_cursor);
    }
  } catch (error) {
    return fail("unavailable", error instanceof Error ? error.message : String(error));
  }
}
