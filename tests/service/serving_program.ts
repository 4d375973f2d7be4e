import { type ActorContext, protocol } from "../../shared/actor/mod.ts";
import { AUDIENCES } from "../../shared/auth/mod.ts";
import { commonSettings, Secret, settings, text } from "../../shared/config/mod.ts";
import { readBody } from "../../shared/http/mod.ts";
import { createMetrics } from "../../shared/metrics/mod.ts";
import {
  connectPlatform,
  createServiceScope,
  drainTimes,
  program,
  serveService,
} from "../../shared/service/mod.ts";

/** A service with an actor, which has got the half of a request once it says that it is started. */
const definition = settings({ service: "example", summary: "an example" }, {
  ...commonSettings({ port: 9000, dataDir: ".data/example" }),
  half: text("DT_HALF", { default: "", help: "what a client sends, \\n for a line's end" }),
});

const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
const encoder = new TextEncoder();

class StoppedActor {
  static readonly protocol = protocol({});
  constructor(_: void, _context: ActorContext<typeof StoppedActor.protocol>) {}
  onStop(): void {
    say("the actor has stopped");
  }
}

await program(definition, async (settings, life) => {
  life.stack.defer(() => void say("taken down"));
  const scope = createServiceScope(life, { deadlineMs: drainTimes(settings.drainSeconds).actorsMs });
  scope.spawn(StoppedActor, undefined);
  const { verifier } = connectPlatform(scope, {
    authUrl: "http://127.0.0.1:1",
    issuer: "http://localhost:8080",
    clientId: "example",
    clientSecret: new Secret("none"),
  }, AUDIENCES.media);
  const { port } = serveService(life, { ...settings, port: 0 }, {
    component: "mh",
    verifier,
    metrics: createMetrics("xx").registry,
    notReady: () => undefined,
    routes: [{
      method: "POST",
      path: "/read",
      async handler(context) {
        say("reading");
        await readBody(context);
        return new Response("read");
      },
    }],
  });
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  await client.write(encoder.encode(settings.half.replaceAll("\\n", "\r\n")));
  // Connections are taken in their order.
  await (await fetch(`http://127.0.0.1:${port}/read`, { method: "POST", body: "all of it" })).text();
  say("started");
});
