import { assertEquals } from "@std/assert";
import { createScope, type Scope, valueOf } from "../../../shared/actor/mod.ts";
import { ServiceTokenActor } from "../../../shared/auth/mod.ts";
import { Secret } from "../../../shared/config/mod.ts";
import { RegistrationActor } from "../../../shared/service/mod.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { type Deployment, deployment, wideLimits } from "../support/deployment.ts";

interface Client {
  readonly instance_id?: string;
  readonly onDraining?: () => void;
  readonly onReplaced?: (reason: string) => void;
}

async function register(
  scope: Scope,
  d: Deployment,
  id: string,
  { instance_id = "first", onDraining = () => {}, onReplaced = () => {} }: Client = {},
) {
  await using described = await controller(d);
  const clientSecret = (await Deno.readTextFile(`${d.plan.dataDir}/meeting/client.secret`)).trim();
  return scope.spawn(RegistrationActor, {
    globalUrl: d.url,
    list: "meeting-controllers",
    scope: "service.register-controller.gc",
    registration: { ...described.registration, id, instance_id },
    tokens: scope.spawn(ServiceTokenActor, {
      tokenUrl: `${d.authUrl}/api/v1/auth/service/token`,
      clientId: "meeting",
      clientSecret: new Secret(clientSecret),
    }),
    load: () => Promise.resolve({ meetings: 0, participants: 0 }),
    onKeyIds: () => {},
    onDraining,
    onReplaced,
  });
}

const obstacleOf = async (ref: Awaited<ReturnType<typeof register>>) =>
  valueOf(await ref.ask("obstacle", undefined));

Deno.test("registration client › drains when it is told to, and tells when it drains itself", async () => {
  await using d = await deployment({ env: { ...wideLimits, DT_HEARTBEAT_INTERVAL_MS: "100" } });
  const { send, user, createMeeting } = client(d);
  await registerHandler(d);
  await using scope = createScope();
  let told = 0;
  const drainedByOperator = Promise.withResolvers<void>();
  const one = await register(scope, d, "mc-one", {
    onDraining() {
      told++;
      drainedByOperator.resolve();
    },
  });
  const two = await register(scope, d, "mc-two");
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

Deno.test("registration client › of two processes with one id the one that came last stays, and the other gives up", async () => {
  await using d = await deployment({ env: { ...wideLimits, DT_HEARTBEAT_INTERVAL_MS: "100" } });
  await using scope = createScope();
  const replaced = Promise.withResolvers<string>();
  const one = await register(scope, d, "mc-one", { instance_id: "one", onReplaced: replaced.resolve });
  while (await obstacleOf(one) !== null);
  const given: string[] = [];
  const two = await register(scope, d, "mc-one", {
    instance_id: "two",
    onReplaced: (reason) => void given.push(reason),
  });
  const reason = 'another process has registered as "mc-one" since this one did';
  assertEquals(await replaced.promise, `${reason}; where both are to run, each needs an id of its own`);
  assertEquals(await obstacleOf(one), reason);
  while (await obstacleOf(two) !== null);
  const token = await d.serviceToken("meeting", "service.register-controller.gc");
  await using described = await controller(d);
  const late = await client(d).send("POST", "/api/v1/internal/meeting-controllers", {
    token,
    body: { ...described.registration, id: "mc-one", instance_id: "one" },
  });
  assertEquals([late.status, late.code, given], [409, "INSTANCE_REPLACED", []]);
});
