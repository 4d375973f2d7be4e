import type { ActorRef } from "../../shared/actor/mod.ts";
import type { JwksManager, ServiceTokens, TokenVerifier } from "../../shared/auth/mod.ts";
import type { LiveStore } from "../../shared/store/live/mod.ts";
import type { GlobalSettings } from "../settings.ts";
import type { MeetingControllerRegistry } from "./registry_protocol.ts";
import type { ShardProbe } from "./shard_probe_protocol.ts";

/** What it takes to know where meetings run, and to speak to their controllers. */
export interface PlacementServices {
  readonly settings: GlobalSettings;
  readonly verifier: TokenVerifier;
  readonly keys: ActorRef<typeof JwksManager>;
  readonly serviceTokens: ActorRef<typeof ServiceTokens>;
  readonly live: LiveStore;
  readonly shardProbe: ActorRef<typeof ShardProbe>;
  readonly registry: ActorRef<typeof MeetingControllerRegistry>;
}
