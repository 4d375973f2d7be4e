import { useLayoutEffect, useState } from "preact/hooks";
import type { Store } from "../../shared/client/store.ts";

/** The value of a store; the component renders again when it changes. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get());
  useLayoutEffect(() => {
    // A listener may change the store while others still wait to hear of the change before: only `get` is the newest.
    const show = () => setValue(() => store.get());
    show();
    return store.subscribe(show);
  }, [store]);
  return value;
}
