/** An answer that is still being made while its actor goes on with other messages. */
export class Later<T> {
  constructor(readonly work: Promise<T>) {}
}

/**
 * Answers an ask when `work` is done, without holding up the mailbox until then. The work must not touch the actor's
 * state: what has to, goes through `ctx.pipe`. At a stop, a crash and the deadline the ask settles all the same.
 */
export function later<T>(work: Promise<T>): Later<T> {
  return new Later(work);
}
