/** For a change of a test's own, which puts nothing on record. */
export function unrecorded(): Promise<void> {
  return Promise.resolve();
}
