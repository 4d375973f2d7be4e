import { assert, assertEquals } from "@std/assert";
import * as z from "zod";
import { createApi } from "../../shared/client/mod.ts";
import { Client } from "../meeting/support/client.ts";
import { startStack } from "./stack.ts";

const attribute = z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }) });
const span = z.object({ traceId: z.string(), name: z.string() });
const exported = z.object({
  resourceSpans: z.array(z.object({
    resource: z.object({ attributes: z.array(attribute) }),
    scopeSpans: z.array(z.object({ spans: z.array(span) })),
  })),
});

interface Seen {
  readonly service: string;
  readonly traceId: string;
  readonly name: string;
}

Deno.test("tracing › one join is one trace over all four services", async () => {
  const seen: Seen[] = [];
  await using collector = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = exported.safeParse(await request.json());
    for (const { resource, scopeSpans } of body.success ? body.data.resourceSpans : []) {
      const service = resource.attributes.find(({ key }) => key === "service.name")?.value.stringValue ?? "";
      for (const { traceId, name } of scopeSpans.flatMap(({ spans }) => spans)) {
        seen.push({ service, traceId, name });
      }
    }
    return Response.json({});
  });
  let joinTrace = "";
  {
    await using stack = await startStack({
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
    });
    const api = createApi({ baseUrl: stack.origin });
    const email = `ada-${crypto.randomUUID().slice(0, 8)}@example.org`;
    assert((await api.register({ email, password: crypto.randomUUID(), display_name: "Ada" })).ok);
    const meeting = await api.createMeeting({ display_name: "Traced" });
    assert(meeting.ok);
    const ticket = await api.joinTicket(meeting.value.code);
    assert(ticket.ok && ticket.value.traceparent !== undefined);
    const { signaling_url, token, rtp_capabilities, traceparent } = ticket.value;
    using client = new Client(signaling_url, token);
    // The routers' own capabilities do for a client that wants transports and no picture.
    const joined = await client.join({ rtp_capabilities, traceparent });
    assert(joined.transports !== undefined);
    joinTrace = traceparent.split("-")[1] ?? "";
    await client.request("leave", {});
  }
  // The services export what is left when they end, which the stack has waited for.
  const services = new Set(seen.filter(({ traceId }) => traceId === joinTrace).map(({ service }) => service));
  assertEquals(
    [...services].sort(),
    ["auth", "global", "media", "meeting"].map((one) => `dark-tower-${one}`),
  );
  const names = new Set(seen.filter(({ traceId }) => traceId === joinTrace).map(({ name }) => name));
  for (const name of ["MeetingStateActor.join", "MediaRoutingActor.attach", "MeetingRouterActor.apply"]) {
    assert(names.has(name), `${name} among ${[...names].join(", ")}`);
  }
});
