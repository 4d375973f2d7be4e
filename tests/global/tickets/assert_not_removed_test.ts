import { assertEquals, assertRejects } from "@std/assert";
import { AccountStandings } from "../../../global/accounts/account_standings_protocol.ts";
import { migrations } from "../../../global/store/migrations.ts";
import type { GlobalTables } from "../../../global/store/schema.ts";
import { assertMayGetToken } from "../../../global/tickets/assert_not_removed.ts";
import { createScope, valueOf } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { HttpError } from "../../../shared/http/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { startLiveStore } from "../../../shared/store/live/mod.ts";

const SECOND = 1_700_000_000_000;

Deno.test("removal › who was removed gets no new token in that second, and one in the next", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-removal-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const scope = stack.use(createScope());
  const live = startLiveStore(scope, { kind: "sqlite", path: `${folder}/live.db` });
  valueOf(await live.registrations.ask("controllers", undefined, { timeoutMs: 60_000 }));
  const store = stack.use(
    await openDatabase<GlobalTables>({ kind: "sqlite", path: `${folder}/global.db` }, migrations),
  );
  const accountStandings = createProbe(scope, AccountStandings);
  accountStandings.answer("standing", () => ({ isDisabled: false, roles: null }));
  const removed = { meeting_id: "m", sub: "bob", banned: false, at_ms: SECOND + 300 };
  valueOf(await live.revocations.ask("revoke", removed));

  const mayAt = (nowMs: number) => {
    const services = { live, store, accountStandings: accountStandings.ref, now: () => nowMs };
    return assertMayGetToken(services, "m", "bob");
  };
  // A token of any of these moments says the same second.
  for (const laterMs of [300, 301, 999]) {
    const error = await assertRejects(
      () => mayAt(SECOND + laterMs),
      HttpError,
      undefined,
      `after ${laterMs} ms`,
    );
    assertEquals([error.status, error.code], [403, "REMOVED"]);
  }
  await mayAt(SECOND + 1_000);
});
