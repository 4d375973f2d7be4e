/** What came back. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** An HTTP/1.1 connection that stays open: a fraction of what `fetch` costs, so that the server is what is measured. */
export interface KeptConnection extends Disposable {
  /** Sends a whole request, and waits for its answer before the next. */
  send(request: Uint8Array): Promise<Answer>;
}

/** Connects to a server of this machine. */
export async function keepConnection(port: number): Promise<KeptConnection> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay(true);
  const read = answers(connection);
  return {
    async send(request) {
      for (let sent = 0; sent < request.length;) sent += await connection.write(request.subarray(sent));
      return await read();
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A request as it goes over the wire. */
export function httpRequest(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = "",
): Uint8Array {
  const bytes = new TextEncoder().encode(body);
  const lines = Object.entries({ host: "127.0.0.1", ...headers, "content-length": String(bytes.length) })
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return new TextEncoder().encode(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

/** Reads one answer after the other from a connection. */
function answers(connection: Deno.TcpConn): () => Promise<Answer> {
  const buffer = new Uint8Array(64 * 1024);
  const decoder = new TextDecoder("latin1");
  let text = "";
  async function more(): Promise<void> {
    const count = await connection.read(buffer);
    if (count === null) throw new Error("The server closed the connection");
    text += decoder.decode(buffer.subarray(0, count));
  }
  return async () => {
    let head = text.indexOf("\r\n\r\n");
    for (; head === -1; head = text.indexOf("\r\n\r\n")) await more();
    const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1];
    if (length === undefined) throw new Error(`An answer without its length: ${text.slice(0, head)}`);
    const end = head + 4 + Number(length);
    while (text.length < end) await more();
    const answer = { status: Number(text.slice(9, 12)), body: text.slice(head + 4, end) };
    text = text.slice(end);
    return answer;
  };
}
