import { assertEquals } from "@std/assert";
import { startNginx } from "../chaos/deployment/nginx.ts";
import { freePorts } from "../free_ports.ts";
import { makeCertificate } from "../tls/certificates.ts";

Deno.test("nginx/several-machines.conf › while one GC hangs, each heartbeat reaches the other one in time", async () => {
  const folder = await Deno.makeTempDir({ prefix: "dark-tower-nginx-" });
  // Shards' numbers are appended to all digits of their ports but the last.
  const port = Math.ceil(freePorts(1) / 10) * 10;
  const files = await makeCertificate(folder);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  // The system takes its connections, and nobody reads them.
  using _hanging = Deno.listen({ hostname: "127.0.0.1", port });
  await using _well = Deno.serve(
    { hostname: "127.0.0.1", port: port + 40, onListen: () => {} },
    async (request) => Response.json(await request.json()),
  );
  stack.use(await startNginx(folder, { ...files, port }));
  for (const kind of ["meeting-controllers", "media-handlers"]) {
    for (let beat = 1; beat <= 4; beat++) {
      const answer = await fetch(`http://127.0.0.1:${port + 301}/api/v1/internal/${kind}/one/heartbeat`, {
        method: "PUT",
        body: JSON.stringify({ beat }),
        // So long a process waits for the answer.
        signal: AbortSignal.timeout(3_000),
      });
      assertEquals([answer.status, await answer.json()], [200, { beat }]);
    }
  }
});
