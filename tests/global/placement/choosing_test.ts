import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../../shared/actor/testing/seeded_random.ts";
import type { ControllerEntry, HandlerEntry } from "../../../shared/store/live/mod.ts";
import { chooseShard } from "../../../global/placement/choose_controller.ts";
import { chooseHandlers } from "../../../global/placement/choose_handlers.ts";
import { reserveHandlers } from "../../../global/placement/reserve_handlers.ts";
import { distanceFrom } from "../../../global/placement/locality.ts";
import { chooseOfTwo } from "../../../global/placement/two_choices.ts";
import { handlerRegistration } from "../support/controllers.ts";

const nowhere = () => 0;
const loadOf = ({ load }: { readonly load: number }) => load;

function controller(id: string, change: Partial<ControllerEntry> = {}): ControllerEntry {
  const shard = (name: string) => ({
    shard: name,
    signaling_url: `ws://${id}/${name}`,
    internal_url: `http://${id}/${name}`,
  });
  return {
    id,
    instance_id: "first",
    region: "",
    zone: "",
    endpoints: { control_url: `http://${id}`, shards: [shard("0"), shard("1")] },
    capacity: { meetings: 100, participants: 1_000 },
    owner: "meeting",
    state: "ready",
    load: 0,
    heartbeat_ms: 0,
    ...change,
  };
}

function handler(id: string, change: Partial<HandlerEntry> = {}): HandlerEntry {
  return { ...handlerRegistration, id, owner: "media", state: "ready", load: 0, heartbeat_ms: 0, ...change };
}

const idsOf = (handlers: readonly HandlerEntry[]) => handlers.map(({ id }) => id);

Deno.test("choosing › of two picked at random the less loaded, so that the fullest of many never is", () => {
  const random = seededRandom(7);
  const candidates = Array.from({ length: 10 }, (_, n) => ({ id: n, load: n / 10 }));
  const counts = candidates.map(() => 0);
  for (let n = 0; n < 10_000; n++) {
    const chosen = chooseOfTwo(candidates, { rankOf: nowhere, loadOf, random });
    assert(chosen !== undefined);
    counts[chosen.id] = (counts[chosen.id] ?? 0) + 1;
  }
  assertEquals(counts[9], 0);
  // The n-th of ten is the lesser one in (9 − n) of 45 pairs.
  counts.forEach((count, n) => assert(Math.abs(count / 10_000 - (9 - n) / 45) < 0.02, counts.join(" ")));
});

Deno.test("choosing › many choices by loads that nobody renews spread evenly, counted as they are made", () => {
  const random = seededRandom(11);
  const given = new Map<string, number>();
  const controllers = Array.from({ length: 8 }, (_, n) => controller(`mc-${n}`));
  for (let n = 0; n < 800; n++) {
    const chosen = chooseShard(controllers, `m-${n}`, {
      rankOf: nowhere,
      loadOf: ({ id }) => (given.get(id) ?? 0) / 1_000,
      random,
    });
    assert(chosen !== undefined);
    given.set(chosen.controller.id, (given.get(chosen.controller.id) ?? 0) + 1);
  }
  for (const count of given.values()) assert(count >= 95 && count <= 105, [...given.values()].join(" "));
  assertEquals(given.size, 8);
});

Deno.test("choosing › the same zone, then the same region, then elsewhere; who is full or drains is passed over", () => {
  const here = distanceFrom({ region: "north", zone: "a" });
  const near = controller("near", { region: "north", zone: "a", load: 0.9 });
  const region = controller("region", { region: "north", zone: "b", load: 0.1 });
  const far = controller("far", { region: "south", zone: "a" });
  const choose = (...controllers: ControllerEntry[]) =>
    chooseShard(controllers, "m-1", { rankOf: here, loadOf, random: seededRandom(3) })?.controller.id;
  assertEquals(choose(far, region, near), "near");
  assertEquals(choose(far, region, { ...near, load: 1 }), "region");
  assertEquals(choose(far, { ...region, state: "draining" }, { ...near, load: 1 }), "far");
  assertEquals(choose({ ...far, state: "draining" }), undefined);
});

Deno.test("choosing › a controller with a dead shard comes last, and that shard never", () => {
  const suspect = controller("suspect", { region: "north", zone: "a" });
  const far = controller("far", { region: "south", zone: "a", load: 0.9 });
  const not = [{ controller_id: "suspect", instance_id: "first", shard: "0" }];
  const choice = { rankOf: distanceFrom({ region: "north", zone: "a" }), loadOf, random: seededRandom(3) };
  assertEquals(chooseShard([suspect, far], "m-1", choice, not)?.controller.id, "far");
  for (let n = 0; n < 20; n++) {
    assertEquals(chooseShard([suspect], `m-${n}`, choice, not)?.endpoint.shard, "1");
  }
});

Deno.test("choosing › the backup handler is in another zone where there is one, near if it can be", () => {
  const choice = { rankOf: distanceFrom({ region: "north", zone: "a" }), loadOf, random: seededRandom(5) };
  const first = handler("first", { region: "north", zone: "a", load: 0.5 });
  const neighbour = handler("neighbour", { region: "north", zone: "a", load: 0.6 });
  const region = handler("region", { region: "north", zone: "b", load: 0.9 });
  const far = handler("far", { region: "south", zone: "a" });
  assertEquals(idsOf(chooseHandlers([first, neighbour, region, far], choice)), ["first", "region"]);
  assertEquals(idsOf(chooseHandlers([first, neighbour, far], choice)), ["first", "far"]);
  assertEquals(idsOf(chooseHandlers([first, neighbour], choice)), ["first", "neighbour"]);
  assertEquals(idsOf(chooseHandlers([first], choice)), ["first"]);
  assertEquals(idsOf(chooseHandlers([{ ...first, load: 1 }, far], choice)), ["far"]);
});

Deno.test("choosing › the handlers that a meeting had stay as they are, be others nearer or less loaded", () => {
  const choice = { rankOf: distanceFrom({ region: "north", zone: "a" }), loadOf, random: seededRandom(5) };
  const had = ["one", "two"].map((id) => handler(id, { region: "south", zone: "a", load: 0.9 }));
  const near = ["a", "b"].map((zone) => handler(zone, { region: "north", zone }));
  const before = had.map(({ id, endpoints }) => ({ id, link_url: endpoints.link_url }));
  assertEquals(idsOf(chooseHandlers([...near, ...had], choice, before)), ["one", "two"]);
});

Deno.test("choosing › behind a meeting's two handlers come those that it had, one of each other region, and the nearest", () => {
  const choice = { rankOf: distanceFrom({ region: "north", zone: "a" }), loadOf, random: seededRandom(5) };
  const chosen = ["first", "backup"].map((id) => handler(id, { region: "north", zone: "a" }));
  const near = handler("near", { region: "north", zone: "a" });
  const south = [0.1, 0.9].map((load, n) => handler(`south-${n}`, { region: "south", zone: "a", load }));
  const west = handler("west", { region: "west", zone: "a" });
  const gone = handler("gone", { region: "east", state: "draining" });
  const all = [...chosen, west, ...south, near, gone];
  const before = [{ id: "south-1", link_url: "ws://127.0.0.1:1/link" }];
  const named = reserveHandlers(chosen, { heard: all, present: all }, choice, before);
  assertEquals(idsOf(named).slice(0, 5), ["first", "backup", "south-1", "west", "near"]);
  assertEquals(idsOf(named).toSorted(), ["backup", "first", "near", "south-0", "south-1", "west"]);
  const many = Array.from({ length: 20 }, (_, n) => handler(`more-${n}`));
  const crowd = [...chosen, ...many];
  assertEquals(reserveHandlers(chosen, { heard: crowd, present: crowd }, choice).length, 8);
});

Deno.test("choosing › last come the handlers that a meeting had and that drain or are silent, in place of the farthest", () => {
  const choice = { rankOf: nowhere, loadOf, random: seededRandom(5) };
  const chosen = ["first", "backup"].map((id) => handler(id));
  const draining = handler("draining", { state: "draining" });
  const silent = handler("silent");
  const heard = [...chosen, draining, ...Array.from({ length: 20 }, (_, n) => handler(`more-${n}`))];
  const before = ["draining", "silent", "gone"].map((id) => ({ id, link_url: "ws://127.0.0.1:1/link" }));
  const named = idsOf(reserveHandlers(chosen, { heard, present: [...heard, silent] }, choice, before));
  assertEquals([named.length, named.slice(0, 2), named.slice(-2)], [
    8,
    ["first", "backup"],
    ["draining", "silent"],
  ]);
});

Deno.test("choosing › a meeting keeps handlers that it had, full ones too, but none that drains", () => {
  const choice = { rankOf: nowhere, loadOf, random: seededRandom(5) };
  const before = ["one", "two"].map((id) => ({ id, link_url: "ws://127.0.0.1:1/link" }));
  const [one, two, three] = [handler("one", { load: 1 }), handler("two"), handler("three")];
  assertEquals(idsOf(chooseHandlers([three, two, one], choice, before)), ["one", "two"]);
  assertEquals(idsOf(chooseHandlers([three, two, { ...one, state: "draining" }], choice, before)), [
    "two",
    "three",
  ]);
});
