/** The work of a connection that is under way. */
export class UnderWay {
  readonly #works = new Set<Promise<unknown>>();

  note<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work);
    const forget = () => void this.#works.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves once everything is done that is under way now. */
  async quiet(): Promise<void> {
    await Promise.allSettled(this.#works);
  }
}
