import { assertEquals } from "@std/assert";
import { createScope, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { ServiceTokenActor } from "../../../shared/auth/mod.ts";
import { Secret } from "../../../shared/config/mod.ts";
import { RegistrationActor } from "../../../shared/service/mod.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { type Deployment, deployment, wideLimits } from "../support/deployment.ts";

async function register(scope: Scope, d: Deployment, id: string, onDraining: () => void = () => {}) {
  await using described = await controller(d);
  const clientSecret = (await Deno.readTextFile(`${d.plan.dataDir}/meeting/client.secret`)).trim();
  return scope.spawn(RegistrationActor, {
    globalUrl: d.url,
    list: "meeting-controllers",
    scope: "service.register-controller.gc",
    registration: { ...described.registration, id },
    tokens: scope.spawn(ServiceTokenActor, {
      tokenUrl: `${d.authUrl}/api/v1/auth/service/token`,
      clientId: "meeting",
      clientSecret: new Secret(clientSecret),
    }),
    load: () => Promise.resolve({ meetings: 0, participants: 0 }),
    onKeyIds: () => {},
    onDraining,
  });
}

Deno.test("registration client › drains when it is told to, and tells when it drains itself", async () => {
  await using d = await deployment({ env: { ...wideLimits, DT_HEARTBEAT_INTERVAL_MS: "100" } });
  const { send, user, createMeeting } = client(d);
  await registerHandler(d);
  await using scope = createScope();
  let told = 0;
  const drainedByOperator = Promise.withResolvers<void>();
  const one = await register(scope, d, "mc-one", () => {
    told++;
    drainedByOperator.resolve();
  });
  const two = await register(scope, d, "mc-two");
  const obstacleOf = async (ref: typeof one) => valueOf(await ref.ask("obstacle", undefined));
  const controllers = async (state: string) => {
    const metrics = String((await send("GET", "/metrics")).body);
    return new RegExp(`gc_controllers\\{state="${state}"\\} (\\d+)`).exec(metrics)?.[1];
  };
  while (await controllers("ready") !== "2");
  while (await obstacleOf(one) !== null || await obstacleOf(two) !== null);

  const token = await d.serviceToken("meeting", "service.register-controller.gc");
  await send("POST", "/api/v1/internal/meeting-controllers/mc-one/drain", { token, body: {} });
  await drainedByOperator.promise;
  assertEquals([await obstacleOf(one), await obstacleOf(two)], ["draining", null]);

  two.tell("drain", undefined);
  while (await controllers("draining") !== "2");
  assertEquals([await obstacleOf(two), told], ["draining", 1]);
  const ann = await user("ann");
  const { code } = await createMeeting(ann);
  const refused = await send("POST", `/api/v1/meetings/${code}/join`, { token: ann, body: {} });
  assertEquals([refused.status, refused.code], [503, "CONTROLLER_UNAVAILABLE"]);
});
