import { dispatch, query, type Ref, spawn, start } from "nact";
import { createActor, setup } from "xstate";
import { rateOf } from "./rate.ts";

type Ask = { readonly kind: "add"; readonly amount: number; readonly sender?: Ref<number> };

function nactCounter() {
  const system = start();
  return spawn(system, (total: number = 0, { amount, sender }: Ask) => {
    const next = total + amount;
    if (sender !== undefined) dispatch(sender, next);
    return next;
  });
}

const nactAsk = (counter: Ref<Ask>) =>
  query(counter, (sender: Ref<number>) => ({ kind: "add", amount: 1, sender }), 5_000);

export function nactAskOneByOne(): Promise<number> {
  const counter = nactCounter();
  return rateOf(async (count) => {
    for (let i = 0; i < count; i++) await nactAsk(counter);
  });
}

export function nactAskTogether(inFlight: number): Promise<number> {
  const counter = nactCounter();
  return rateOf(async (count) => {
    const asker = async () => {
      for (let i = 0; i < count / inFlight; i++) await nactAsk(counter);
    };
    await Promise.all(Array.from({ length: inFlight }, asker));
  });
}

export function nactTells(): Promise<number> {
  const counter = nactCounter();
  return rateOf(async (count) => {
    for (let sent = 0; sent < count; sent += 5_000) {
      for (let i = 0; i < 5_000; i++) dispatch(counter, { kind: "add", amount: 1 });
      await nactAsk(counter);
    }
  });
}

/** XState has no ask: a snapshot is read after each event, which it handles at once. */
export function xstateSends(): Promise<number> {
  const machine = setup({
    types: {} as { context: { total: number }; events: { type: "add"; amount: number } },
  })
    .createMachine({
      context: { total: 0 },
      on: { add: { actions: ({ context, event }) => void (context.total += event.amount) } },
    });
  const actor = createActor(machine).start();
  return rateOf((count) => {
    for (let i = 0; i < count; i++) actor.send({ type: "add", amount: 1 });
  });
}

export function barePromises(): Promise<number> {
  let total = 0;
  const add = (amount: number) => new Promise<number>((resolve) => resolve(total += amount));
  return rateOf(async (count) => {
    for (let i = 0; i < count; i++) await add(1);
  });
}
