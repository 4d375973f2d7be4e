import { type Certificate, isSame } from "../tls/certificate.ts";

interface TlsListenerOptions {
  readonly hostname: string;
  readonly port: number;
  readonly certificate: Certificate;
}

/**
 * A listener by TLS whose certificate can be replaced. The runtime's listener keeps the certificate that it began with, so
 * another one takes over its port: what was accepted before goes on, and no connection is refused in between.
 */
export class TlsListener implements Pick<Deno.Listener, "accept" | "close" | "addr"> {
  readonly #hostname: string;
  #listener: Deno.TlsListener;
  #certificate: Certificate;

  /** Throws as `Deno.listenTls`. */
  constructor({ hostname, port, certificate }: TlsListenerOptions) {
    this.#hostname = hostname;
    this.#certificate = certificate;
    // The port is shared with the next listener; so it is tried without sharing whether it is another program's.
    if (port !== 0) Deno.listen({ hostname, port }).close();
    this.#listener = listen(hostname, port, certificate);
  }

  get addr(): Deno.NetAddr {
    return this.#listener.addr;
  }

  /** Uses another certificate from the next connection on. Throws if it is of no use; the one before stays then. */
  useCertificate(certificate: Certificate): void {
    if (isSame(certificate, this.#certificate)) return;
    const next = listen(this.#hostname, this.addr.port, certificate);
    const before = this.#listener;
    this.#listener = next;
    this.#certificate = certificate;
    before.close();
  }

  async accept(): Promise<Deno.TlsConn> {
    for (;;) {
      const listener = this.#listener;
      try {
        return await listener.accept();
      } catch (error) {
        if (listener === this.#listener) throw error;
      }
    }
  }

  close(): void {
    this.#listener.close();
  }
}

function listen(hostname: string, port: number, certificate: Certificate): Deno.TlsListener {
  const alpnProtocols = ["h2", "http/1.1"];
  return Deno.listenTls({ hostname, port, reusePort: true, alpnProtocols, ...certificate });
}
