import { assert, assertEquals } from "@std/assert";
import { findServeOnConnection, type ServedConnection } from "../../shared/http/serve_on_connection.ts";
import { RawClient } from "../meeting/support/raw_client.ts";

interface Served extends Disposable {
  readonly client: RawClient;
  readonly served: ServedConnection;
  readonly ending: AbortController;
  /** Resolves when the request has come. */
  readonly asked: Promise<void>;
}

/** One connection with a request on it, which is never answered where it `hangs`. */
async function serveOne(hangs: boolean): Promise<Served> {
  const serveOnConnection = findServeOnConnection();
  assert(serveOnConnection !== undefined);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assert(listener.addr.transport === "tcp");
  const client = await RawClient.connect(listener.addr.port);
  const ending = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const served = serveOnConnection(
    await listener.accept(),
    ending.signal,
    async () => {
      resolve();
      if (hangs) await new Promise(() => {});
      return new Response("here");
    },
    () => new Response(null, { status: 500 }),
    () => {},
  );
  await client.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  return { client, served, ending, asked, [Symbol.dispose]: () => client[Symbol.dispose]() };
}

/** What was thrown while a connection's end was signalled, and nobody caught. */
function uncaughtAt(ending: AbortController): unknown[] {
  const uncaught: unknown[] = [];
  const note = (event: ErrorEvent) => {
    event.preventDefault();
    uncaught.push(event.error);
  };
  addEventListener("error", note);
  ending.abort();
  removeEventListener("error", note);
  return uncaught;
}

Deno.test("serve on connection › a connection that is to be closed once its client has closed it throws nothing", async () => {
  using one = await serveOne(false);
  await one.client.readHead();
  one.client[Symbol.dispose]();
  await one.served.finished;
  assertEquals(uncaughtAt(one.ending), []);
});

Deno.test("serve on connection › one that is to be closed while it is being shut down throws nothing", async () => {
  using one = await serveOne(true);
  await one.asked;
  void one.served.shutdown().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  assertEquals(uncaughtAt(one.ending), []);
});

Deno.test("serve on connection › one that is to be closed while a request is handled is closed", async () => {
  using one = await serveOne(true);
  await one.asked;
  assertEquals(uncaughtAt(one.ending), []);
  await one.client.ended();
});
