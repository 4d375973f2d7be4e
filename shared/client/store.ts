/** A value that the page watches. */
export interface Store<T> {
  get(): T;
  /** Replaces the value; listeners hear of it unless it is the same one. */
  set(value: T): void;
  update(change: (value: T) => T): void;
  /** Calls `listener` after each change; the answer ends that. */
  subscribe(listener: (value: T) => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let current = initial;
  const listeners = new Set<(value: T) => void>();
  function set(value: T): void {
    if (Object.is(value, current)) return;
    current = value;
    for (const listener of [...listeners]) listener(value);
  }
  return {
    get: () => current,
    set,
    update: (change) => set(change(current)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
