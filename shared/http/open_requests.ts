/** A request that is not answered yet. */
export interface OpenRequest {
  /** Refuses it, since the drain time is over. */
  readonly refuse: () => void;
  /** Its index in the array. */
  index: number;
}

/**
 * The requests that are not answered yet: an array, in which the last one takes the place of one that is removed. A `Set`
 * that is changed at every request leaves old tables behind, each with a reference to the next. These kept every request
 * and its answer alive through all young-generation collections.
 */
export class OpenRequests {
  readonly #open: OpenRequest[] = [];

  add(refuse: () => void): OpenRequest {
    const request = { refuse, index: this.#open.length };
    this.#open.push(request);
    return request;
  }

  delete({ index }: OpenRequest): void {
    const last = this.#open.pop();
    if (last === undefined || index === this.#open.length) return;
    last.index = index;
    this.#open[index] = last;
  }

  [Symbol.iterator](): Iterator<OpenRequest> {
    return this.#open.values();
  }
}
