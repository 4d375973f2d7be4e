/** Where the live store is, as plain data that can be posted to a Worker. */
export type LiveStoreLocation =
  /** The SQLite file that the processes of one machine share; its folder must exist. */
  | { readonly kind: "sqlite"; readonly path: string }
  | RedisLocation;

export interface RedisLocation {
  readonly kind: "redis";
  /** As `parseRedisUrl` takes it; the password makes it a secret. */
  readonly url: string;
  /**
   * How long after a loss of Redis' data a meeting that is older than the loss isn't placed: the controller that runs it
   * writes its lease back meanwhile. 15 s unless given.
   */
  readonly settlingMs?: number;
}

/** Redis where a URL is given, otherwise the file. */
export function liveStoreLocation(
  { liveStore, liveStoreUrl, settlingMs }: {
    readonly liveStore: string;
    readonly liveStoreUrl: { reveal(): string } | undefined;
    readonly settlingMs?: number;
  },
): LiveStoreLocation {
  if (liveStoreUrl === undefined) return { kind: "sqlite", path: liveStore };
  return { kind: "redis", url: liveStoreUrl.reveal(), ...(settlingMs === undefined ? {} : { settlingMs }) };
}
