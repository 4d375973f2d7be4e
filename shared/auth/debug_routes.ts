import { type Description, isolateRuntime } from "../actor/mod.ts";
import { actorRoutes } from "../http/actor_routes.ts";
import type { Route } from "../http/route.ts";
import { authenticateService } from "./authenticate.ts";
import type { TokenVerifier } from "./token_verifier.ts";

interface DebugRoutesOptions {
  readonly verifier: TokenVerifier;
  /** This service in the scope `admin.read-actors.{component}`. */
  readonly component: "ac" | "gc" | "mc" | "mh";
  /** The actors of the process's Workers, by the Worker's name; none unless given. */
  readonly describeWorkers?: () => Promise<Readonly<Record<string, readonly Description[]>>>;
}

/** `GET /debug/actors`, for service tokens with the component's scope. */
export function debugRoutes({ verifier, component, describeWorkers }: DebugRoutesOptions): Route[] {
  return actorRoutes({
    authorize: (context) => authenticateService(verifier, context, `admin.read-actors.${component}`),
    describe: async () => ({ main: isolateRuntime.describe(), ...await describeWorkers?.() }),
  });
}
