import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** A request of `node:http` as the web's own type, without its body; `undefined` for an address that is none. */
export function toRequest({ method = "GET", url = "/", headers }: IncomingMessage): Request | undefined {
  const address = URL.parse(`http://${headers.host ?? ""}${url}`);
  if (address === null) return undefined;
  const all = new Headers();
  try {
    for (const [name, value] of Object.entries(headers)) {
      for (const one of Array.isArray(value) ? value : [value ?? ""]) all.append(name, one);
    }
    return new Request(address, { method, headers: all });
  } catch {
    // A method or a header that the web's type doesn't have.
    return undefined;
  }
}

/** Sends an answer, the last of its connection. */
export async function writeAnswer(response: ServerResponse, answer: Response): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  const headers = { ...Object.fromEntries(answer.headers), connection: "close" };
  response.writeHead(answer.status, { ...headers, "content-length": String(body.length) });
  response.end(body);
}

/** Answers a request for an upgrade that it doesn't get. The connection ends with it. */
export async function refuseUpgrade(stream: Duplex, answer: Response): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  const headers = { ...Object.fromEntries(answer.headers), connection: "close" };
  const lines = Object.entries({ ...headers, "content-length": String(body.length) });
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ""}`,
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ];
  stream.once("finish", () => void stream.destroy());
  stream.write(`${head.join("\r\n")}\r\n\r\n`);
  stream.end(body);
}
