/** A first-in, first-out queue over a growing ring. Both ends take constant time; an empty queue takes no memory. */
export class Queue<T> {
  #ring: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: T): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size) & (this.#ring.length - 1)] = item;
    this.#size++;
  }

  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    return item;
  }

  /** Takes everything out, oldest first. */
  drain(): T[] {
    const items: T[] = [];
    for (let item = this.shift(); item !== undefined; item = this.shift()) items.push(item);
    return items;
  }

  #grow(): void {
    const bigger: (T | undefined)[] = new Array(Math.max(8, this.#ring.length * 2));
    for (let i = 0; i < this.#size; i++) bigger[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    this.#ring = bigger;
    this.#head = 0;
  }
}
