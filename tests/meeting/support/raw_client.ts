/** One frame of RFC 6455 as a client sends it: masked, with a mask of zeros. */
export interface RawFrame {
  readonly opcode: number;
  /** Whether it is the message's last. */
  readonly fin?: boolean;
  readonly payload: Uint8Array<ArrayBuffer>;
  /** The length in its header, if that is not the payload's length. */
  readonly announced?: number;
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const handshakeLines = ["sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="];

/** A client over bare TCP, for bytes that no library sends, and for a client that doesn't answer. */
export class RawClient implements Disposable {
  readonly #connection: Deno.TcpConn;
  #buffer = new Uint8Array(0);
  #ended = false;
  #closed = false;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Opens a WebSocket. Answers the status. */
  static async handshake(
    port: number,
    headers: readonly string[],
  ): Promise<{ client: RawClient; status: number; head: string }> {
    const client = await RawClient.connect(port);
    await client.write(handshakeText(headers));
    const head = await client.readHead();
    return { client, status: Number(head.split(" ")[1]), head };
  }

  /** `false` if the other side has ended the connection. */
  async write(data: string | Uint8Array<ArrayBuffer>): Promise<boolean> {
    let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
    try {
      while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
      return true;
    } catch {
      return false;
    }
  }

  /** Ends this side alone: the other one may still send. */
  endWriting(): Promise<void> {
    return this.#connection.closeWrite();
  }

  send(frame: RawFrame): Promise<boolean> {
    return this.write(frameBytes(frame));
  }

  async readHead(): Promise<string> {
    while (true) {
      const text = new TextDecoder().decode(this.#buffer);
      const end = text.indexOf("\r\n\r\n");
      if (end !== -1) {
        this.#buffer = this.#buffer.subarray(end + 4);
        return text.slice(0, end);
      }
      if (!await this.#more()) return text;
    }
  }

  /** The next frame's opcode and payload; `null` at the connection's end. */
  async readFrame(): Promise<{ opcode: number; payload: Uint8Array<ArrayBuffer> } | null> {
    while (true) {
      const [first, second] = this.#buffer;
      if (first !== undefined && second !== undefined) {
        const long = second === 126 ? 2 : second === 127 ? 8 : 0;
        if (this.#buffer.length >= 2 + long) {
          const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset);
          const length = long === 0 ? second : long === 2 ? view.getUint16(2) : Number(view.getBigUint64(2));
          const end = 2 + long + length;
          if (this.#buffer.length >= end) {
            const payload = this.#buffer.slice(2 + long, end);
            this.#buffer = this.#buffer.subarray(end);
            return { opcode: first & 15, payload };
          }
        }
      }
      if (!await this.#more()) return null;
    }
  }

  /** The next text; what else comes is skipped, a ping unanswered. `null` at the connection's end. */
  async readText(): Promise<string | null> {
    while (true) {
      const frame = await this.readFrame();
      if (frame === null) return null;
      if (frame.opcode === opcodes.text) return new TextDecoder().decode(frame.payload);
    }
  }

  /** Reads on until the other side closes; the code, or `null` if it ends without one. */
  async closeCode(): Promise<number | null> {
    while (true) {
      const frame = await this.readFrame();
      if (frame === null) return null;
      if (frame.opcode === opcodes.close) return new DataView(frame.payload.buffer).getUint16(0);
    }
  }

  /** Resolves when the other side has ended the connection, with or without a close. */
  async ended(): Promise<void> {
    while (await this.#more()) this.#buffer = new Uint8Array(0);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.close();
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const chunk = new Uint8Array(65_536);
    const length = await this.#connection.read(chunk).catch(() => null);
    this.#ended = length === null;
    const before = this.#buffer;
    this.#buffer = new Uint8Array(before.length + (length ?? 0));
    this.#buffer.set(before);
    this.#buffer.set(chunk.subarray(0, length ?? 0), before.length);
    return !this.#ended;
  }
}

export function handshakeText(headers: readonly string[]): string {
  return [
    "GET /signaling HTTP/1.1",
    "host: localhost",
    "connection: Upgrade",
    "upgrade: websocket",
    ...handshakeLines,
    ...headers,
    "",
    "",
  ].join("\r\n");
}

export function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

export function frameBytes({ opcode, fin = true, payload, announced }: RawFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(14 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, (fin ? 128 : 0) | opcode);
  view.setUint8(1, 128 | 127);
  view.setBigUint64(2, BigInt(announced ?? payload.length));
  bytes.set(payload, 14);
  // A control frame's length is in its first two bytes (RFC 6455 §5.5).
  if (opcode < 8) return bytes;
  return new Uint8Array([128 | opcode, 128 | payload.length, 0, 0, 0, 0, ...payload]);
}
