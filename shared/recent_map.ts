/**
 * A map that remembers at least the `capacity` entries that were used last, and at most twice as many. It has two
 * generations: once the younger is full it becomes the older, and what was in the older one and has not been used since
 * is forgotten. So an entry that is used again is moved once a generation; to put it last in one map at each use would
 * make the map's table anew every few uses, and the first of a map that loses its first again and again is found more
 * and more slowly.
 */
export class RecentMap<K, V> {
  readonly #capacity: number;
  #younger = new Map<K, V>();
  #older = new Map<K, V>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#younger.size + this.#older.size;
  }

  get(key: K): V | undefined {
    const value = this.#younger.get(key);
    if (value !== undefined) return value;
    const before = this.#older.get(key);
    if (before !== undefined) this.set(key, before);
    return before;
  }

  set(key: K, value: V): void {
    if (this.#younger.size >= this.#capacity && !this.#younger.has(key)) {
      this.#older = this.#younger;
      this.#younger = new Map();
    }
    this.#younger.set(key, value);
  }

  delete(key: K): void {
    this.#younger.delete(key);
    this.#older.delete(key);
  }
}
