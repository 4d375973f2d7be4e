import { z } from "zod";
import { ask, protocol, tell } from "../../../shared/actor/mod.ts";

export const Counting = protocol({
  add: ask(z.number(), z.number()),
  note: tell(z.number()),
  echo: ask(z.number(), z.number()),
});

/** The smallest actor that has state. */
export class CountingActor {
  static readonly protocol = Counting;
  #total = 0;

  add(amount: number): number {
    this.#total += amount;
    return this.#total;
  }

  note(amount: number): void {
    this.#total += amount;
  }

  echo(value: number): number {
    return value;
  }
}
