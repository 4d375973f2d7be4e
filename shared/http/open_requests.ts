/** A request that nobody has answered yet. */
export interface OpenRequest {
  readonly answer: (answer: Response) => void;
  /** Where it is among the others. */
  index: number;
}

/**
 * The requests that are not answered yet. An array, in which the last takes the place of the one that leaves: a `Set`
 * to which each request is added and from which it is taken again leaves tables behind, each with a link to its
 * successor, which keep what was in them through all young collections; with them each request's answer was kept.
 */
export class OpenRequests {
  readonly #open: OpenRequest[] = [];

  add(answer: (answer: Response) => void): OpenRequest {
    const request = { answer, index: this.#open.length };
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
