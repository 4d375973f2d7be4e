export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends bytes to an HTTP server as they are, and reads its answer: as much as it says, or up to the connection's end. */
export async function rawRequest(url: string, request: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  using connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(request));
  return parsed(await wholeAnswer(connection));
}

function parsed(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers(lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  }));
  return { status: Number(first.split(" ")[1]), headers, body: text.slice(end + 4) };
}

/** A request whose body is still to come. */
export interface SlowRequest extends Disposable {
  /** Sends the body, and reads the answer. */
  finish(): Promise<RawAnswer>;
}

/** Sends a request's head; resolves when the server reads the body, which it says by 100 (RFC 9110 §10.1.1). */
export async function slowRequest(
  url: string,
  [start, ...headers]: readonly [string, ...string[]],
  body: unknown,
): Promise<SlowRequest> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const lines = [
    `${start} HTTP/1.1`,
    "host: localhost",
    "connection: close",
    "content-type: application/json",
    `content-length: ${bytes.length}`,
    "expect: 100-continue",
    ...headers,
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const buffer = new Uint8Array(16_384);
  const first = new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  if (!first.startsWith("HTTP/1.1 100 ")) throw new Error(`The server does not read the body: ${first}`);
  return {
    async finish() {
      await connection.write(bytes);
      return parsed(await wholeAnswer(connection));
    },
    [Symbol.dispose]: () => connection.close(),
  };
}

/** A request that has no body, as clients write that in HTTP/1.1 (RFC 9112 §6.3), with the form of each by its name. */
export function emptyPosts(path: string, headers: readonly string[] = []): [string, string][] {
  const head = [`POST ${path} HTTP/1.1`, "host: localhost", "connection: close", ...headers];
  const forms: [string, readonly string[], string][] = [
    ["no length", [], ""],
    ["a length of 0", ["content-length: 0"], ""],
    ["an empty chunked body", ["transfer-encoding: chunked"], "0\r\n\r\n"],
  ];
  return forms.map(([form, lines, body]) => [form, [...head, ...lines, "", body].join("\r\n")]);
}

async function wholeAnswer(connection: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(16_384);
  let text = "";
  for (;;) {
    const length = await connection.read(buffer);
    if (length === null) return text;
    text += decoder.decode(buffer.subarray(0, length), { stream: true });
    const [head = "", body] = text.split("\r\n\r\n", 2);
    const announced = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (announced !== undefined && body !== undefined && body.length >= Number(announced)) return text;
  }
}
