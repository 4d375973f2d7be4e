export type { ActorClass, Handlers, Lifecycle } from "./actor.ts";
export { type Clock, systemClock } from "./clock.ts";
export type { ActorContext, MessageContext } from "./context.ts";
export { type Later, later } from "./later.ts";
export {
  ask,
  type Body,
  type Code,
  local,
  nothing,
  type Outcome,
  type Protocol,
  protocol,
  type Reply,
  tell,
  type Value,
} from "./protocol.ts";
export { Pool, type PoolOptions, type PoolRouting } from "./pool.ts";
export type { ActorRef, Address, AskOptions, EndReason, Lineage, TellOutcome } from "./ref.ts";
export { type ActorFailureCode, fail, Failure, type Result, valueOf } from "./result.ts";
export { createRuntime, isolateRuntime, type Runtime, type RuntimeObserver } from "./runtime.ts";
export { createScope, type Scope, type ScopeOptions, type SpawnOptions } from "./scope.ts";
export type { SupervisionPolicy } from "./supervision.ts";
export { durationBounds, type TypeStats } from "./stats.ts";
export type { Description } from "./supervisor.ts";
export type { Tracer } from "./tracer.ts";
export { type LinkSocket, type RemoteLink, remoteLink } from "./websocket_link.ts";
export { WheelTimer } from "./wheel_timer.ts";
export { inWorker, type WorkerHome } from "./worker_home.ts";
export { hostActor } from "./worker_host.ts";
