/** An answer that follows later, while its actor goes on with other messages. */
export class Later<T> {
  constructor(readonly work: Promise<T>) {}
}

/**
 * Answers an ask when `work` is done, while the mailbox goes on. The work must not touch the actor's state; for that
 * there is `context.pipe`. The ask settles at a stop, a crash and its deadline, too.
 */
export function later<T>(work: Promise<T>): Later<T> {
  return new Later(work);
}
