import { assertEquals } from "@std/assert";
import { SERVICES } from "../../../shared/dev/service_names.ts";
import { dockerfile } from "../../deploy/support/image.ts";

const cwd = new URL("../../../", import.meta.url).pathname;

for (const [host, listens] of [["127.0.0.2", "127.0.0.2"], ["::1", "::1"], ["::", "::"], ["", "127.0.0.1"]]) {
  Deno.test(`an image's health check › asks where DT_HOST is "${host}"`, async () => {
    const handler = ({ url }: Request) => new Response(null, { status: url.endsWith("/health") ? 200 : 404 });
    await using server = Deno.serve({ hostname: listens ?? "", port: 0, onListen() {} }, handler);
    for (const service of SERVICES) {
      const [program = "", ...args] = (await dockerfile()).get(service)?.healthcheck ?? [];
      const { success } = await new Deno.Command(program, {
        args,
        cwd,
        env: { DT_HOST: host ?? "", DT_PORT: String(server.addr.port), DT_TLS_CERT_FILE: "" },
        stderr: "inherit",
      }).output();
      assertEquals(success, true, service);
    }
  });
}
