import { assertEquals } from "@std/assert";
import { valueOf } from "../../../shared/actor/mod.ts";
import type { LiveStore } from "../../../shared/store/live/mod.ts";
import { addController, addHandler, registries } from "../support/registries.ts";

const meeting_id = "m-1";

/** A registry over a database whose meeting is renamed when the test says so. */
async function renamed() {
  const all = await registries();
  const opened = Promise.withResolvers<LiveStore>();
  const database = {
    name: "Weekly",
    /** Called after each read. */
    onRead: () => {},
    onOffer: () => {},
    told: [] as string[],
  };
  const registry = await all.another({
    takes() {
      database.onOffer();
      return true;
    },
    storedName() {
      const { name } = database;
      database.onRead();
      return name;
    },
    onRenamed: (internalUrl, name) => database.told.push(`${new URL(internalUrl).hostname} ${name}`),
    between(live) {
      opened.resolve(live);
      return live;
    },
  });
  const live = await opened.promise;
  await addHandler(registry, "mh-1");
  await addController(registry, "mc-1");
  return Object.assign(database, {
    registry,
    addController: (name: string) => addController(registry, name),
    nameInLease: async () =>
      valueOf(await live.leases.ask("lease", { meeting_id }))?.facts.meeting.display_name,
    [Symbol.asyncDispose]: () => all[Symbol.asyncDispose](),
  });
}

Deno.test("changed facts › a change while a controller is asked to take the meeting is in the lease", async () => {
  await using database = await renamed();
  database.onOffer = () => void (database.name = "Daily");
  valueOf(await database.registry.ask("place", { meeting_id }));
  assertEquals([await database.nameInLease(), database.told], ["Daily", []]);
});

Deno.test("changed facts › a change while the lease is written is in it afterwards, and the controller is told", async () => {
  await using database = await renamed();
  const names = ["Daily", "Hourly"];
  database.onRead = () => void (database.name = names.shift() ?? database.name);
  valueOf(await database.registry.ask("place", { meeting_id }));
  assertEquals(await database.nameInLease(), "Hourly");
  assertEquals(database.told, ["mc-1 Daily", "mc-1 Hourly"]);
});

Deno.test("changed facts › a meeting that is handed over or moved goes on with what is stored by then", async () => {
  await using database = await renamed();
  valueOf(await database.registry.ask("place", { meeting_id }));
  await database.addController("mc-2");
  database.onOffer = () => void (database.name = "Daily");
  const { lease } = valueOf(await database.registry.ask("handOver", { meeting_id }));
  assertEquals([lease.controller_id, await database.nameInLease()], ["mc-2", "Daily"]);
  database.onOffer = () => void (database.name = "Hourly");
  const { generation, controller_id, instance_id, shard } = lease;
  const not = [{ controller_id, instance_id, shard }];
  valueOf(await database.registry.ask("move", { meeting_id, generation, not }));
  assertEquals(await database.nameInLease(), "Hourly");
});
