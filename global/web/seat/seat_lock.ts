/** A seat is used by one page at a time: a duplicated tab has a copy of what its tab keeps, and not the lock. */
export interface SeatLock {
  /** The correlation id of the seat. */
  readonly of: string;
  release(): void;
}

/**
 * Takes the lock of a seat; undefined when another page holds it for longer than `patienceMs`, or where the browser
 * gives a page no locks.
 */
export async function lockSeat(
  { code, correlationId }: { code: string; correlationId: string },
  patienceMs: number,
): Promise<SeatLock | undefined> {
  const taken = Promise.withResolvers<SeatLock | undefined>();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  try {
    const name = `dark-tower/m/${code}/${correlationId}`;
    navigator.locks.request(name, { signal: AbortSignal.timeout(patienceMs) }, () => {
      taken.resolve({ of: correlationId, release });
      return held;
    }).catch(() => taken.resolve(undefined));
  } catch {
    // There are none in a page that was opened over http, nor where all site data is blocked.
    taken.resolve(undefined);
  }
  return await taken.promise;
}
