import { z } from "zod";
import { authenticateService } from "../../shared/auth/mod.ts";
import { jsonResponse, pageOf, readQuery } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { listQuery } from "../../shared/protocol/mod.ts";
import { usableKeys } from "../keys/stored_signing_keys.ts";
import type { SessionServices } from "../sessions/session_services.ts";
import { type DisabledUser, listChangedRoles, listDisabledUsers } from "../store/users.ts";

const SCOPE = "service.read-disabled-users.ac";

/** The latest ones count; more at once is no working day of any organisation. */
const MOST_CHANGED = 1_000;

const milliseconds = z.string().regex(/^\d{1,15}$/).transform(Number);
const query = listQuery.extend({
  /** Milliseconds since the Unix epoch, or RFC 3339. */
  since: z.union([milliseconds, z.iso.datetime({ offset: true }).transform(Date.parse)], {
    error: "is neither milliseconds nor a time as RFC 3339 has it",
  }),
  /** `{disabled_at}.{user_id}` of a page's last. */
  cursor: z.string().regex(/^\d{1,15}\.[0-9a-f-]{36}$/, "is not from an earlier answer").transform((text) => {
    const [time, user_id = ""] = text.split(".");
    return { disabled_at: Number(time), user_id };
  }).exactOptional(),
});

/**
 * `GET /api/v1/auth/internal/disabled-users`: who may not go on taking part, for GC; the latest first. With the ids of
 * the keys that count, so that a revoked one is not good for as long as GC may keep the published set, and on the first page
 * with the roles of those whose roles were changed, so that the former ones don't hold for as long as a token.
 */
export function disabledUserRoutes({ store, verifier, now }: SessionServices): Route[] {
  return [{
    method: "GET",
    path: "/api/v1/auth/internal/disabled-users",
    async handler(context) {
      await authenticateService(verifier, context, SCOPE);
      const { since, cursor, limit } = readQuery(context, query);
      const rows = await listDisabledUsers(store, since, cursor, limit);
      const cursorOf = ({ disabled_at, user_id }: DisabledUser) => `${disabled_at}.${user_id}`;
      const { items, next_cursor } = pageOf(rows, limit, cursorOf);
      const key_ids = (await usableKeys(store.queries, now())).map(({ kid }) => kid);
      const changed = cursor === undefined ? await listChangedRoles(store, since, MOST_CHANGED) : undefined;
      return jsonResponse(200, {
        items: items.map(shown),
        next_cursor,
        key_ids,
        ...(changed === undefined ? {} : { changed_roles: changed }),
      });
    },
  }];
}

function shown({ user_id, disabled_at }: DisabledUser) {
  return { user_id, disabled_at: new Date(disabled_at).toISOString() };
}
