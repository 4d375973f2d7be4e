import { type ReadonlySignal, signal } from "@preact/signals";
import type { Store } from "../../shared/client/store.ts";

/** The value of a store as a signal, for as long as the store lives; made once by whoever cuts it into parts. */
export function signalOf<T>(store: Store<T>): ReadonlySignal<T> {
  const value = signal(store.get());
  // A listener may change the store while others still wait to hear of the change before: only `get` is the newest.
  store.subscribe(() => {
    value.value = store.get();
  });
  return value;
}
