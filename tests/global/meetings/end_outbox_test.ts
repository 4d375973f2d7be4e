import { assertEquals } from "@std/assert";
import { deliverEnds } from "../../../global/meetings/end_outbox.ts";
import { MeetingControllerRegistry } from "../../../global/placement/registry_protocol.ts";
import { migrations } from "../../../global/store/migrations.ts";
import type { GlobalTables } from "../../../global/store/schema.ts";
import { createScope, fail } from "../../../shared/actor/mod.ts";
import { createProbe } from "../../../shared/actor/testing/mod.ts";
import { ServiceTokens } from "../../../shared/auth/mod.ts";
import { Leases } from "../../../shared/store/live/mod.ts";
import { openDatabase } from "../../../shared/store/mod.ts";
import { databaseKinds } from "../../store/databases.ts";

/** By chance alone not all are delivered after so many rounds once in 2^100 times. */
const ROUNDS = 100;

for (const { name, missing: ignore, create } of await databaseKinds()) {
  Deno.test(`ends on ${name} › one that can't be delivered holds no newer one back`, { ignore }, async () => {
    await using database = await create();
    await using store = await openDatabase<GlobalTables>(database.location, migrations);
    await using scope = createScope();
    const leases = createProbe(scope, Leases);
    leases.answer("end", (body) => {
      const { meeting_id } = Leases.end.input.parse(body);
      return meeting_id === "oldest" ? fail("unavailable", "The lease can't be read.") : null;
    });
    const services = {
      store,
      live: { leases: leases.ref },
      registry: createProbe(scope, MeetingControllerRegistry).ref,
      serviceTokens: createProbe(scope, ServiceTokens).ref,
    };
    const waiting = ["oldest", "older", "newest"].map((meeting_id, ended_at) => ({ meeting_id, ended_at }));
    await store.queries.insertInto("end_outbox").values(waiting).execute();
    for (let round = 0; round < ROUNDS; round++) await deliverEnds(services);
    const left = await store.queries.selectFrom("end_outbox").select("meeting_id").execute();
    assertEquals(left, [{ meeting_id: "oldest" }]);
  });
}
