/** A stream that the handler forwards to a participant. */
export interface ActualConsumer {
  readonly consumerId: string;
  readonly paused: boolean;
  readonly priority: number;
  /** The highest spatial layer that is sent; null while no step has set one. */
  readonly spatialLayer: number | null;
}

/**
 * A participant's consumers by the producer's id. It notes which of them changed, so that a change takes time in proportion
 * to itself and not to all that the participant receives.
 */
export class Consumers extends Map<string, ActualConsumer> {
  #changed = new Set<string>();

  constructor(entries: Iterable<readonly [producerId: string, consumer: ActualConsumer]> = []) {
    super();
    for (const [producerId, consumer] of entries) super.set(producerId, consumer);
  }

  override set(producerId: string, consumer: ActualConsumer): this {
    this.#changed.add(producerId);
    return super.set(producerId, consumer);
  }

  override delete(producerId: string): boolean {
    const wasThere = super.delete(producerId);
    if (wasThere) this.#changed.add(producerId);
    return wasThere;
  }

  /** The producers whose consumers were set or deleted since this was called last. */
  takeChanged(): Set<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }
}
