/** The limits on a server's connections. */
export interface ConnectionLimits {
  /** The most open connections. */
  readonly connections: number;
  /** The same of one address, unless it is a trusted proxy's. */
  readonly connectionsPerAddress: number;
  /** How long a new connection may take until the headers of its first request are there, a TLS handshake included. */
  readonly headersMs: number;
  /** How long a connection may go on without a request. */
  readonly idleMs: number;
  /** How long a client may take to receive an answer. */
  readonly answerMs: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  connections: 4_096,
  connectionsPerAddress: 512,
  headersMs: 10_000,
  // Longer than reverse proxies keep an idle connection, so that it is the proxy that closes it.
  idleMs: 75_000,
  answerMs: 120_000,
};
