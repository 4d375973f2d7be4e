import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { isHost } from "./is_host.ts";

/** The host and the path, with its query, that a request of `node:http` is for. */
export interface RequestTarget {
  /**
   * The address that the request came to where it is one of HTTP/1.0 without a host. `undefined` where one of HTTP/1.1
   * names no host, and where any names several or what is none, which is to be refused (RFC 9112 §3.2).
   */
  readonly host: string | undefined;
  readonly path: string;
}

/** Reads the target in origin-form, and in absolute-form, which is not for proxies alone (RFC 9112 §3.2.2). */
export function targetOf(incoming: IncomingMessage): RequestTarget {
  const { url = "/" } = incoming;
  const host = hostOf(incoming);
  const absolute = /^(https?|wss?):\/\//i.test(url) ? URL.parse(url) : null;
  if (absolute === null) return { host, path: url };
  return { host: host && absolute.host, path: absolute.pathname + absolute.search };
}

function hostOf({ headers, rawHeaders, httpVersion, socket }: IncomingMessage): string | undefined {
  // Names and values in turns.
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts === 1) return isHost(headers.host ?? "") ? headers.host : undefined;
  const { localAddress, localPort } = socket;
  if (hosts > 1 || httpVersion !== "1.0" || localAddress === undefined) return undefined;
  return `${localAddress.includes(":") ? `[${localAddress}]` : localAddress}:${localPort}`;
}

/** A request of `node:http` as the web's own type, without its body; `undefined` for an address that is none. */
export function toRequest(incoming: IncomingMessage): Request | undefined {
  const { method = "GET", headers } = incoming;
  const { host, path } = targetOf(incoming);
  const address = host === undefined ? null : URL.parse(`http://${host}${path}`);
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
