import { assert, assertEquals } from "@std/assert";
import { errorBody } from "../../../shared/protocol/mod.ts";
import { rawRequest } from "../../raw_request.ts";
import { startPort } from "../support/port.ts";
import { handshakeText } from "../support/raw_client.ts";

const good = handshakeText([
  "sec-websocket-protocol: darktower.v1, bearer.t",
  "x-request-id: given-by-client",
]);
const plain = (line: string) =>
  `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-request-id: given-by-client\r\n\r\n`;

/** A request, its answer's status and code, and a header that the answer must have. */
type Case = readonly [what: string, request: string, status: number, code: string, header?: string];

const cases: readonly Case[] = [
  ["an unknown path", plain("GET /elsewhere"), 404, "NOT_FOUND"],
  ["another method", plain("POST /health"), 405, "METHOD_NOT_ALLOWED", "allow: GET, HEAD"],
  ["no upgrade", plain("GET /signaling"), 426, "UPGRADE_REQUIRED", "upgrade: websocket"],
  ["a path in another spelling", plain("GET /%73ignaling"), 426, "UPGRADE_REQUIRED", "upgrade: websocket"],
  [
    "a handshake elsewhere",
    good.replace("/signaling", "/elsewhere"),
    404,
    "NOT_FOUND",
  ],
  ["no key", good.replace(/sec-websocket-key: .*\r\n/, ""), 400, "INVALID_REQUEST"],
];

/** What the runtime's own server and WebSocket answer otherwise, or take. */
const boundedCases: readonly Case[] = [
  ["no host", plain("GET /health").replace("host: x\r\n", ""), 400, "INVALID_REQUEST"],
  ["a handshake without a host", good.replace("host: localhost\r\n", ""), 400, "INVALID_REQUEST"],
  ["a wrong key", good.replace(/(sec-websocket-key: ).*/, "$1short"), 400, "INVALID_REQUEST"],
  [
    "another version",
    good.replace("version: 13", "version: 12"),
    400,
    "INVALID_REQUEST",
    "sec-websocket-version: 13, 8",
  ],
  ["a handshake by POST", good.replace("GET", "POST"), 405, "METHOD_NOT_ALLOWED", "allow: GET"],
];

async function check(port: number, [what, request, status, code, header]: Case): Promise<Headers> {
  const answer = await rawRequest(`http://127.0.0.1:${port}`, request);
  assertEquals(answer.status, status, what);
  assertEquals(answer.headers.get("content-type"), "application/json", what);
  assertEquals(answer.headers.get("x-content-type-options"), "nosniff", what);
  assertEquals(errorBody.parse(JSON.parse(answer.body)).error.code, code, what);
  const [name = "x-request-id", value] = header?.split(": ") ?? [];
  assertEquals(answer.headers.get(name), value ?? answer.headers.get(name), what);
  return answer.headers;
}

for (const kind of ["bounded", "deno"] as const) {
  Deno.test(`${kind} port › every refusal has the request's id and the contract's form`, async () => {
    await using port = await startPort({ kind });
    for (const one of [...cases, ...(kind === "bounded" ? boundedCases : [])]) {
      assertEquals((await check(port.port.port, one)).get("x-request-id"), "given-by-client", one[0]);
    }
  });

  Deno.test(`${kind} port › so has a handshake that the doorway refuses`, async () => {
    const message = "Too many handshakes.";
    await using port = await startPort({
      kind,
      knock: () => Promise.resolve({ kind: "refused", status: 429, code: "RATE_LIMITED", message }),
    });
    const headers = await check(port.port.port, ["", good, 429, "RATE_LIMITED", "retry-after: 5"]);
    assertEquals(headers.get("x-request-id"), "given-by-client");
  });
}

Deno.test("bounded port › what is no HTTP gets an id of its own, and the health answer the request's", async () => {
  await using port = await startPort({ kind: "bounded" });
  const headers = await check(port.port.port, ["no HTTP", "hello\r\n\r\n", 400, "INVALID_REQUEST"]);
  assert((headers.get("x-request-id") ?? "").length >= 8);
  const health = await rawRequest(`http://127.0.0.1:${port.port.port}`, plain("GET /health"));
  assertEquals([health.status, health.headers.get("x-request-id")], [200, "given-by-client"]);
});
