interface Entry {
  readonly producerId: string | null;
  readonly slot?: number;
}

/** The producers of two lists that are not at the same place, or in the same slot, of both. */
export function changedProducers(before: readonly Entry[], now: readonly Entry[]): Set<string> {
  const changed = new Set<string>();
  for (let place = 0; place < before.length || place < now.length; place++) {
    const was = before[place];
    const is = now[place];
    if (was === is || was?.producerId === is?.producerId && was?.slot === is?.slot) continue;
    if (typeof was?.producerId === "string") changed.add(was.producerId);
    if (typeof is?.producerId === "string") changed.add(is.producerId);
  }
  return changed;
}
