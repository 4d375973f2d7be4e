import { type ReadonlySignal, signal } from "@preact/signals";
import type { Store } from "../../shared/client/store.ts";

const signals = new WeakMap<object, ReadonlySignal<unknown>>();

/** The value of a store as a signal: a component that reads it renders again when it changes. One for each store. */
export function signalOf<T>(store: Store<T>): ReadonlySignal<T> {
  const known = signals.get(store);
  // What is kept under a store was made from it, below.
  if (known) return known as ReadonlySignal<T>;
  const value = signal(store.get());
  // A listener may change the store while others still wait to hear of the change before: only `get` is the newest.
  store.subscribe(() => {
    value.value = store.get();
  });
  signals.set(store, value);
  return value;
}
