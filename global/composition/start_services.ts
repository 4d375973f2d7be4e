import { Pool, type Scope } from "../../shared/actor/mod.ts";
import { AUDIENCES } from "../../shared/auth/mod.ts";
import type { Rate } from "../../shared/limits/gcra.ts";
import { connectPlatform, createServiceScope, drainTimes, type Life } from "../../shared/service/mod.ts";
import { checkLiveStore, liveStoreLocation, startLiveStore } from "../../shared/store/live/mod.ts";
import { isUnavailable } from "../../shared/store/mod.ts";
import { AccountStandingsActor } from "../accounts/account_standings.ts";
import { forgetOldIdentities } from "../accounts/identities.ts";
import { readAccountStandings } from "../accounts/read_account_standings.ts";
import { removeFromMeetings } from "../accounts/remove_from_meetings.ts";
import { AuditForwarderActor } from "../audit/audit_forwarder.ts";
import { auditOutbox } from "../audit/audit_outbox.ts";
import { postAudit } from "../audit/post_audit.ts";
import { RateLimiterActor } from "../limits/rate_limiter.ts";
import type { LimitRule } from "../limits/rate_limiter_protocol.ts";
import { EndForwarderActor } from "../meetings/end_forwarder.ts";
import { deliverEnds, repeatEnds } from "../meetings/end_outbox.ts";
import { storedFacts } from "../meetings/stored_facts.ts";
import { globalMetrics } from "../metrics.ts";
import { MeetingControllerRegistryActor } from "../placement/meeting_controller_registry.ts";
import { probeShard } from "../placement/probe_shard.ts";
import { raiseTerm } from "../placement/raise_term.ts";
import { ShardProbeActor } from "../placement/shard_probe.ts";
import { changeAtShard, offerToController } from "../placement/tell_controller.ts";
import type { GlobalSettings } from "../settings.ts";
import { openStore } from "../store/open_store.ts";
import type { GlobalServices } from "./global_services.ts";

const MAILBOX = 10_000;
/** The limiters of the pool, and the keys that they remember at least, by rule, all together. */
const LIMITERS = 4;
const LIMITED_KEYS = 100_000;
const MINUTE_MS = 60_000;
const HOUSEKEEPING_MS = 3_600_000;

/** What is there before those that watch over it. */
type ServicesToWatch = Omit<GlobalServices, "accountStandings" | "auditForwarder">;

/**
 * Starts everything that GC's routes use; it ends with the program.
 *
 * @throws {StartError} if a database can't be opened
 */
export async function startServices(settings: GlobalSettings, life: Life): Promise<GlobalServices> {
  const now = Date.now;
  const store = life.stack.use(await openStore(settings));
  await forgetOldIdentities(store, now());
  await checkLiveStore(liveLocation(settings));

  const scope = createServiceScope(life, { deadlineMs: drainTimes(settings.drainSeconds).actorsMs });
  const actors = startActors(settings, scope, store, now);
  const housekeeping = setInterval(() => {
    forgetOldIdentities(store, now()).catch((error) => isUnavailable(error) || life.fail(error));
  }, HOUSEKEEPING_MS);
  life.stack.defer(() => clearInterval(housekeeping));
  const metrics = globalMetrics(new Date(now()));
  const services = { settings, store, metrics, now, ...actors };
  scope.spawn(EndForwarderActor, {
    leases: actors.live.leases,
    deliver: () => deliverEnds(services),
    repeat: () => repeatEnds(store, now()),
  });
  return {
    ...services,
    accountStandings: watchAccounts(services, scope),
    auditForwarder: forwardAudit(services, scope),
  };
}

function forwardAudit(services: ServicesToWatch, scope: Scope) {
  const { store, metrics } = services;
  return scope.spawn(AuditForwarderActor, {
    outbox: auditOutbox(store),
    post: (entries) => postAudit(services, entries),
    onWaiting: (entries) => metrics.auditWaiting.set({}, entries),
    onFailed: (result, entries) => metrics.auditFailures.add({ result }, entries),
  }, { capacity: MAILBOX });
}

function watchAccounts(services: ServicesToWatch, scope: Scope) {
  const { settings, metrics } = services;
  return scope.spawn(AccountStandingsActor, {
    read: () => readAccountStandings(services),
    removeUser: (user) => removeFromMeetings(services, user),
    periodMs: settings.disabledUsersCheckSeconds * 1_000,
    onRead(disabled) {
      metrics.disabledUsersReads.add({ result: disabled === "unavailable" ? "failed" : "ok" });
      if (disabled !== "unavailable") metrics.disabledUsers.set({}, disabled);
    },
  }, { capacity: MAILBOX });
}

function startActors(
  settings: GlobalSettings,
  scope: Scope,
  store: GlobalServices["store"],
  now: () => number,
) {
  const live = startLiveStore(scope, liveLocation(settings));
  const { keys, serviceTokens, verifier } = connectPlatform(scope, settings, AUDIENCES.global);
  return {
    live,
    keys,
    serviceTokens,
    verifier,
    shardProbe: scope.spawn(ShardProbeActor, {
      probe: (shard) => probeShard({ settings, serviceTokens }, shard),
    }, { capacity: MAILBOX }),
    registry: scope.spawn(MeetingControllerRegistryActor, {
      live,
      locality: { region: settings.region ?? "", zone: settings.zone ?? "" },
      heartbeatIntervalMs: settings.heartbeatIntervalMs,
      heartbeatTimeoutMs: settings.heartbeatTimeoutMs,
      offer: (offer, timeoutMs) => offerToController({ serviceTokens }, offer, timeoutMs),
      raiseTerm: (meetingId) => raiseTerm(store, meetingId),
      storedFacts: (meetingId) => storedFacts(store, settings.publicUrl, meetingId),
      async tellFacts({ internalUrl }, facts) {
        await changeAtShard({ serviceTokens }, internalUrl, facts);
      },
      now,
    }, { capacity: MAILBOX }),
    limiters: new Pool(scope, RateLimiterActor, {
      rates: ratesOf(settings),
      keys: LIMITED_KEYS / LIMITERS,
      counters: live.counters,
      now,
    }, { size: LIMITERS, capacity: MAILBOX }),
  };
}

function liveLocation(settings: GlobalSettings) {
  return liveStoreLocation({ ...settings, settlingMs: settings.heartbeatTimeoutMs });
}

function ratesOf(settings: GlobalSettings): Readonly<Record<LimitRule, Rate>> {
  const { addressPerSecond, addressBurst, userPerSecond, userBurst } = settings;
  const aMinute = (count: number) => ({ count, periodMs: MINUTE_MS, burst: count });
  return {
    address: { count: addressPerSecond, periodMs: 1_000, burst: addressBurst },
    user: { count: userPerSecond, periodMs: 1_000, burst: userBurst },
    guest_token: aMinute(settings.guestsPerMinute),
    unknown_code: aMinute(settings.unknownCodesPerMinute),
  };
}
