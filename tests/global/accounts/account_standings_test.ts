import { assert, assertEquals } from "@std/assert";
import { fail, Failure, valueOf } from "../../../shared/actor/mod.ts";
import { createTestKit } from "../../../shared/actor/testing/mod.ts";
import { AccountStandingsActor } from "../../../global/accounts/account_standings.ts";
import type { DisabledUser } from "../../../global/accounts/account_standings_protocol.ts";

const PERIOD_MS = 2_000;
const away = fail("unavailable", "AC is away");

/** The actor, with an AC that says what the test says, and meetings that everybody leaves at once unless told otherwise. */
function watched(first: readonly DisabledUser[] | Failure<"unavailable"> = []) {
  const kit = createTestKit(1);
  const scope = kit.createScope();
  const place = {
    answer: first,
    roles: new Map<string, string[]>(),
    /** Whoever was put out, each time that it was tried. */
    tried: [] as string[],
    reads: [] as (number | "unavailable")[],
    removeUser: (): Promise<boolean> => Promise.resolve(true),
  };
  const actor = scope.spawn(AccountStandingsActor, {
    read: () =>
      Promise.resolve(
        place.answer instanceof Failure ? place.answer : { disabled: place.answer, roles: place.roles },
      ),
    removeUser({ user_id }) {
      place.tried.push(user_id);
      return place.removeUser();
    },
    periodMs: PERIOD_MS,
    onRead: (disabled) => place.reads.push(disabled),
  });
  const standing = async (sub: string) => valueOf(await kit.finish(actor.ask("standing", { sub })));
  return Object.assign(place, {
    settle: kit.settle,
    pass: kit.advance,
    standing,
    isDisabled: async (sub: string) => (await standing(sub)).isDisabled,
    [Symbol.asyncDispose]: () => kit.finish(scope.close()),
  });
}

const since = (disabled_at: number, ...ids: string[]) => ids.map((user_id) => ({ user_id, disabled_at }));

Deno.test("disabled users › are known after the first answer, and each is put out once", async () => {
  await using place = watched(since(1, "ada", "bob"));
  await place.settle();
  assertEquals([await place.isDisabled("ada"), await place.isDisabled("eve")], [true, false]);
  await place.pass(3 * PERIOD_MS);
  assertEquals(place.tried, ["ada", "bob"]);
  place.answer = since(1, "ada", "bob", "eve");
  await place.pass(PERIOD_MS);
  assertEquals(place.tried, ["ada", "bob", "eve"]);
});

Deno.test("disabled users › while AC is away those who are known stay known; back, it is believed anew", async () => {
  await using place = watched(since(1, "ada"));
  await place.settle();
  place.answer = away;
  await place.pass(10 * PERIOD_MS);
  assertEquals([await place.isDisabled("ada"), place.reads.slice(-1)], [true, ["unavailable"]]);
  place.answer = since(2, "bob");
  await place.pass(PERIOD_MS);
  assertEquals([await place.isDisabled("ada"), await place.isDisabled("bob")], [false, true]);
  assertEquals([place.tried, place.reads.slice(-1)], [["ada", "bob"], [1]]);
});

Deno.test("disabled users › an AC that is away at the start is asked again", async () => {
  await using place = watched(away);
  await place.settle();
  assertEquals(await place.isDisabled("ada"), false);
  place.answer = since(1, "ada");
  await place.pass(PERIOD_MS);
  assertEquals([await place.isDisabled("ada"), place.tried], [true, ["ada"]]);
});

Deno.test("disabled users › who is enabled may come in again, and is put out again when disabled again", async () => {
  await using place = watched(since(1, "ada"));
  await place.settle();
  place.answer = [];
  await place.pass(PERIOD_MS);
  assertEquals(await place.isDisabled("ada"), false);
  place.answer = since(2, "ada");
  await place.pass(PERIOD_MS);
  // Between two answers, enabled and disabled once more.
  place.answer = since(3, "ada");
  await place.pass(PERIOD_MS);
  assertEquals([await place.isDisabled("ada"), place.tried], [true, ["ada", "ada", "ada"]]);
});

Deno.test("disabled users › who can't be put out is tried again after longer and longer pauses, until they are out", async () => {
  await using place = watched(since(1, "ada"));
  place.removeUser = () => Promise.resolve(false);
  await place.pass(60_000);
  const inTheFirstMinute = place.tried.length;
  assert(inTheFirstMinute >= 5 && inTheFirstMinute <= 10, `${inTheFirstMinute}`);
  await place.pass(10 * 60_000);
  place.tried.length = 0;
  await place.pass(60_000);
  assert(place.tried.length >= 2 && place.tried.length <= 4, `${place.tried.length}`);
  place.removeUser = () => Promise.resolve(true);
  await place.pass(30_000);
  place.tried.length = 0;
  await place.pass(10 * 60_000);
  assertEquals(place.tried, []);
});

Deno.test("disabled users › those who can't be put out hold up nobody else meanwhile", async () => {
  const stuck = Array.from({ length: 100 }, (_, index) => `user-${index}`);
  await using place = watched(since(1, ...stuck));
  place.removeUser = () => Promise.resolve(false);
  await place.settle();
  assertEquals(place.tried, stuck);
  place.answer = since(1, "ada", ...stuck);
  await place.pass(PERIOD_MS);
  assert(place.tried.includes("ada"));
});

Deno.test("disabled users › who was enabled meanwhile is let be", async () => {
  await using place = watched(since(1, "ada"));
  place.removeUser = () => Promise.resolve(false);
  await place.settle();
  place.answer = [];
  await place.pass(PERIOD_MS);
  place.tried.length = 0;
  await place.pass(10 * 60_000);
  assertEquals(place.tried, []);
});

Deno.test("disabled users › many at once are put out a few at a time, and nobody waits for an answer meanwhile", async () => {
  const ids = Array.from({ length: 100 }, (_, index) => `user-${index}`);
  await using place = watched(since(1, ...ids));
  const hanging: (() => void)[] = [];
  place.removeUser = () => new Promise((resolve) => hanging.push(() => resolve(true)));
  await place.settle();
  const atOnce = place.tried.length;
  assert(atOnce > 1 && atOnce < 100, `${atOnce}`);
  assertEquals(await place.isDisabled("user-99"), true);
  for (let release = hanging.shift(); release !== undefined; release = hanging.shift()) {
    release();
    await place.settle();
  }
  assertEquals(place.tried, ids);
});

Deno.test("account standings › whose roles have changed has those that AC said last, also while AC is away", async () => {
  await using place = watched();
  await place.settle();
  assertEquals((await place.standing("ada")).roles, null);
  place.roles = new Map([["ada", ["member"]]]);
  await place.pass(PERIOD_MS);
  place.answer = away;
  await place.pass(PERIOD_MS);
  assertEquals([(await place.standing("ada")).roles, (await place.standing("bob")).roles], [
    ["member"],
    null,
  ]);
});
