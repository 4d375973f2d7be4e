import { RawClient } from "../../meeting/support/raw_client.ts";

const CROWD = 20;
const SLOWLY_MS = 500;
const QUICKLY_MS = 10;
const TRAILERS = "x-trailer: and another one\r\n".repeat(600);

/** One way to misuse an HTTP port. It resolves when the server has closed the connections. */
export type HostileRequest = (port: number) => Promise<void>;

const head = (line: string, ...headers: string[]) => [line, "host: x", ...headers, "", ""].join("\r\n");

async function crowd(port: number, misuse: (client: RawClient) => Promise<unknown>): Promise<void> {
  await Promise.all(Array.from({ length: CROWD }, async () => {
    using client = await RawClient.connect(port);
    const ended = client.ended();
    await misuse(client);
    await ended;
  }));
}

/** A byte at a time, for as long as it is taken. */
async function drip(client: RawClient): Promise<void> {
  while (await client.write("a")) await new Promise((resolve) => setTimeout(resolve, SLOWLY_MS));
}

export const hostileRequests: Readonly<Record<string, HostileRequest>> = {
  "sockets that send nothing": (port) => crowd(port, () => Promise.resolve()),
  "headers byte by byte": (port) =>
    crowd(port, async (client) => {
      await client.write("GET /health HTTP/1.1\r\nx: ");
      await drip(client);
    }),
  "bodies byte by byte": (port) =>
    crowd(port, async (client) => {
      const json = ["content-type: application/json", "content-length: 1000"];
      await client.write(head("POST /api/v1/auth/user/token HTTP/1.1", ...json));
      await drip(client);
    }),
  "chunked bodies that stop": (port) =>
    crowd(port, async (client) => {
      const json = ["content-type: application/json", "transfer-encoding: chunked"];
      await client.write(`${head("POST /api/v1/auth/user/token HTTP/1.1", ...json)}1\r\n{\r\n`);
    }),
  "trailers without end": (port) =>
    crowd(port, async (client) => {
      const json = ["content-type: application/json", "transfer-encoding: chunked"];
      await client.write(`${head("POST /api/v1/auth/user/token HTTP/1.1", ...json)}1\r\n{\r\n0\r\n`);
      while (await client.write(TRAILERS)) await new Promise((resolve) => setTimeout(resolve, QUICKLY_MS));
    }),
  "headers of a megabyte": (port) =>
    crowd(port, (client) => client.write(head("GET /health HTTP/1.1", `x: ${"a".repeat(1 << 20)}`))),
  "what is no HTTP": (port) => crowd(port, (client) => client.write("\u0016\u0003\u0001 hello\r\n\r\n")),
};
