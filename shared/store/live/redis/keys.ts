/** The names of what Redis holds; `prefix` is the deployment's. */
export function keysOf(prefix: string) {
  return {
    /** Hash: since when the data is complete (`script.ts`, `epoch`). */
    epoch: `${prefix}epoch`,
    /** Set of ids. */
    processes: (kind: string) => `${prefix}processes:${kind}`,
    /** Hash: one process. Its id is appended. */
    process: (kind: string) => `${prefix}process:${kind}:`,
    /** Sorted set: the instances of a process that others have replaced, by when they were. */
    replaced: (kind: string, id: string) => `${prefix}replaced:${kind}:${id}`,
    /** Hash. */
    lease: (meetingId: string) => `${prefix}lease:${meetingId}`,
    /** Sorted set: the meetings that have a lease, by when it was placed, opened or held last. */
    used: `${prefix}used`,
    /** String: the generation at which a meeting's last lease was released. */
    released: (meetingId: string) => `${prefix}released:${meetingId}`,
    snapshot: (meetingId: string) => `${prefix}snapshot:${meetingId}`,
    /** Sorted set: messages, each after its number and a space, by their numbers. */
    chat: (meetingId: string) => `${prefix}chat:${meetingId}`,
    /** Sorted set: ended meetings by the time of their end. */
    ended: `${prefix}ended`,
    /** Hash: the shard that had a meeting when it ended. */
    endedAt: `${prefix}ended_at`,
    /** String: `banned`, or until when a subject's tokens are refused. */
    revoked: (meetingId: string, sub: string) => `${prefix}revoked:${meetingId}:${sub}`,
    /** String: when a counter is empty, and when it was counted last. */
    counter: (rule: string, key: string) => `${prefix}counter:${rule}:${key}`,
  };
}

export type Keys = ReturnType<typeof keysOf>;
