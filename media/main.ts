import { type ActorRef, createScope } from "../shared/actor/mod.ts";
import { AUDIENCES } from "../shared/auth/mod.ts";
import type { Server } from "../shared/http/mod.ts";
import { Upgrades } from "../shared/http/upgrades.ts";
import { logger, logUntold } from "../shared/log/mod.ts";
import { addProcessMetrics } from "../shared/metrics/mod.ts";
import {
  connectPlatform,
  createServiceScope,
  type Life,
  ownArguments,
  program,
  RegistrationActor,
  serveUpgradingService,
  StartError,
} from "../shared/service/mod.ts";
import type { RoutingTableProtocol } from "./routing/routing_messages.ts";
import { RoutingTableActor } from "./routing/routing_table.ts";
import { TelemetryAggregatorActor } from "./telemetry/telemetry_aggregator.ts";
import { heartbeatLoad } from "./registration/heartbeat_load.ts";
import { describeHandler } from "./registration/describe_handler.ts";
import { createMediaMetrics } from "./metrics.ts";
import { notReady } from "./registration/not_ready.ts";
import { selfTestCommand } from "./self_test/self_test_command.ts";
import { linkRoute, maxLinkMessageBytes } from "./link/link_route.ts";
import { settingsProblem } from "./self_test/settings_problem.ts";
import { type MediaSettings, mediaSettings } from "./settings.ts";
import { warnOfUnreachable } from "./self_test/warn_of_unreachable.ts";
import { startSfuWorkers } from "./workers/start_sfu_workers.ts";

/** Lifetime of a transport after its path was lost: as long as its participant is shown as away. */
const iceLostMs = 30_000;

/**
 * Assembles the media handler: settings, actors, routes, listener. Everything goes on `life.stack`, which ends the last
 * entry first: the registration, the links, the listener, the SFU workers.
 *
 * @throws {StartError} if something outside of the program keeps it from starting
 */
export async function start(settings: MediaSettings, life: Life): Promise<Server> {
  const problem = settingsProblem(settings);
  if (problem !== undefined) throw new StartError(problem);
  const { stack, stopping, fail } = life;
  const now = Date.now;
  const metrics = createMediaMetrics();
  addProcessMetrics(metrics.registry, new Date(now()));
  const drainMs = settings.drainSeconds * 1000;

  const core = createServiceScope(life, { deadlineMs: Math.min(1000, drainMs) });
  const telemetry = core.spawn(TelemetryAggregatorActor, {
    metrics,
    periodMs: settings.statisticsMs,
    bandwidth: { bitrate: settings.sendKbps * 1_000, bitrateWithScreen: settings.sendScreenKbps * 1_000 },
    source: () => table,
  }, {
    capacity: 10_000,
  });
  const table: ActorRef<RoutingTableProtocol> = core.spawn(RoutingTableActor, {
    ...settings,
    pipeAddress: { ip: settings.pipeHost, ports: settings.pipePorts },
    cpuLimits: { refuse: settings.cpuPercentFull / 100, takeAgain: settings.cpuPercentFree / 100 },
    iceLostMs,
    telemetry,
  }, {
    capacity: 10_000,
    // A restarted table would know neither links nor workers, so the whole process begins anew.
    policy: { directive: "escalate" },
  });
  stack.use(await startSfuWorkers(settings, table, { stopping, fail }));
  await warnOfUnreachable(settings);

  const { verifier, serviceTokens, tellKeyIds } = connectPlatform(core, settings, AUDIENCES.media);
  const links = createScope({ onFailure: fail, deadlineMs: Math.min(1_000, drainMs) });
  const upgrades = new Upgrades({ maxMessageBytes: maxLinkMessageBytes });
  const server = await serveUpgradingService(life, settings, {
    component: "mh",
    verifier,
    routes: [
      linkRoute({
        links,
        table,
        telemetry,
        verifier,
        metrics,
        maxLinks: settings.maxLinks,
        upgrades,
        stopping,
        now,
      }),
    ],
    metrics: metrics.registry,
    notReady: () => notReady({ table, registration, stopping }),
    drainMs: Math.min(2_000, drainMs),
  }, upgrades);
  stack.use(links);
  // The registration comes last: a registered handler gets links.
  const registry = createServiceScope(life, { deadlineMs: Math.min(2_000, drainMs) });
  const registration = registry.spawn(RegistrationActor, {
    globalUrl: settings.globalUrl,
    list: "media-handlers",
    scope: "service.register-handler.gc",
    registration: describeHandler(settings, crypto.randomUUID()),
    tokens: serviceTokens,
    load: () => heartbeatLoad(telemetry, settings.cpuPercentFull),
    onKeyIds: tellKeyIds,
    onDraining: () => void table.ask("drain", undefined),
    onReplaced: (reason) => fail(new Error(reason)),
  });
  stopping.addEventListener("abort", () => logUntold(registration.tell("drain", undefined), "drain"));
  // Disposed before everything else: participants are moved while the handler still forwards.
  stack.defer(() => moveEverybody(table, drainMs * 0.6));
  return server;
}

/** Has the controllers move everybody to other handlers, as far as there are any, within the time. Without a link nobody can. */
async function moveEverybody(table: ActorRef<RoutingTableProtocol>, timeoutMs: number): Promise<void> {
  const drained = await table.ask("drain", undefined, { timeoutMs });
  const log = logger("drain");
  if (!drained.ok) {
    return log.warn("not everybody was moved to another handler", { code: drained.error.code });
  }
  const { transports } = drained.value;
  if (transports === 0) log.info("no transport is left", {});
  else log.warn("no controller is left that could move the others to another handler", { transports });
}

if (import.meta.main) {
  const [first, ...more] = ownArguments();
  await (first === "--self-test" && more.length === 0 ? selfTestCommand() : program(mediaSettings, start));
}
