import { z } from "zod";
import { rest } from "../../rest.ts";
import type { RestLoad } from "./rest_load.ts";

const entries = z.object({
  items: z.array(z.object({ actor: z.string(), subject: z.string() })),
  next_cursor: z.string().nullable(),
});

interface AuditGapsOptions {
  readonly origin: string;
  readonly load: RestLoad;
  /** How often its user has locked a meeting. */
  readonly locks: number;
  readonly operator: { readonly email: string; readonly password: string };
}

const LOOK_MS = 200;
/** How often it is looked for what is still on its way. */
const MOST_LOOKS = 200;

/** What the audit trail doesn't have, or has twice, of what the load's user was told. Waits for what is on its way. */
export async function auditGaps({ origin, load, locks, operator }: AuditGapsOptions): Promise<string[]> {
  const token = await load.login(operator);
  const all = async (type: string) => {
    const items = [];
    for (let cursor = "";;) {
      const path = `/api/v1/admin/audit?type=${type}&limit=200${cursor}`;
      const page = entries.parse((await rest(origin, "GET", path, { token })).body);
      items.push(
        ...page.items.filter(({ actor, subject }) => actor === load.userId || subject === load.userId),
      );
      if (page.next_cursor === null) return items;
      cursor = `&cursor=${page.next_cursor}`;
    }
  };
  for (
    const [type, count] of [["meeting_created", load.created.length], ["meeting_locked", locks]] as const
  ) {
    let found = (await all(type)).length;
    for (let looks = 0; found < count && looks < MOST_LOOKS; looks++) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      found = (await all(type)).length;
    }
    if (found !== count) return [`the audit trail has ${found} times ${type} instead of ${count}`];
  }
  const logins = (await all("login")).length;
  return logins >= load.counts.logins ? [] : [`the trail has ${logins} logins of ${load.counts.logins}`];
}
