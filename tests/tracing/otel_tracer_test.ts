import { assert, assertEquals } from "@std/assert";
import { z } from "zod";
import { fromTraceparent, toTraceparent } from "../../shared/tracing/otel_tracer.ts";

const fixture = (name: string) => new URL(`./fixtures/${name}`, import.meta.url).pathname;
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
});
const exported = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

Deno.test("tracing › one request is one trace, through its actors and across a Worker", async () => {
  const spans: z.infer<typeof span>[] = [];
  await using collector = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = exported.safeParse(await request.json());
    if (body.success) {
      spans.push(...body.data.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((s) => s.spans)));
    }
    return Response.json({});
  });
  const output = await run("traced_program.ts", {
    OTEL_DENO: "true",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
  });
  assertEquals(output, "on hello\n");
  const named = (name: string) => spans.find((one) => one.name === name);
  const front = named("FrontActor.pass");
  const echo = named("EchoActor.echo");
  assert(front !== undefined && echo !== undefined, spans.map(({ name }) => name).join());
  assertEquals(echo.traceId, front.traceId);
  const server = spans.find(({ spanId }) => spanId === front.parentSpanId);
  assert(server?.name.startsWith("GET"), "the handler's span is below the request's");
});

Deno.test("tracing › is off, and costs nothing, where Deno doesn't trace", async () => {
  assertEquals(await run("traced_program.ts", {}), "off hello\n");
});

Deno.test("tracing › a traceparent keeps its meaning on its way, rubbish has none", () => {
  const text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const context = fromTraceparent(text);
  assert(context !== undefined);
  assertEquals(toTraceparent(context), text);
  for (
    const rubbish of [
      "",
      "00-0-0-01",
      text.replace("00-", "ff-"),
      `00-${"0".repeat(32)}-${"0".repeat(16)}-01`,
    ]
  ) {
    assertEquals(fromTraceparent(rubbish), undefined, rubbish);
  }
});

Deno.test("tracing › requests that are handled together stay each in its own trace", async () => {
  const env = { OTEL_DENO: "true", OTEL_TRACES_EXPORTER: "none" };
  assertEquals(await run("traced_requests.ts", env), "20 of 20 in their own trace\n");
});

Deno.test("tracing › a timer is in nobody's trace, and what is waited for in that of whoever waits", async () => {
  const env = { OTEL_DENO: "true", OTEL_TRACES_EXPORTER: "none" };
  assertEquals(
    await run("traced_timers.ts", env),
    "timers in no trace; what they tell each in its own; 20 of 20 pipes in their request's\n",
  );
});

async function run(program: string, env: Record<string, string>): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "-A", fixture(program)],
    env,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
