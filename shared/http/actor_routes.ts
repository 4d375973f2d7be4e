import type { Description } from "../actor/mod.ts";
import { jsonResponse } from "./json_response.ts";
import type { Context, Route } from "./route.ts";

interface ActorRoutesOptions {
  /** Throws an `HttpError` for a caller who may not see the actors. */
  readonly authorize: (context: Context) => Promise<unknown>;
  /** The trees of this process, each under the name of its isolate. */
  readonly describe: () => Promise<Readonly<Record<string, readonly Description[]>>>;
}

/** `GET /debug/actors`: every actor's name, type, state, queue and restarts, for an administrator. */
export function actorRoutes({ authorize, describe }: ActorRoutesOptions): Route[] {
  return [{
    method: "GET",
    path: "/debug/actors",
    async handler(context) {
      await authorize(context);
      return jsonResponse(200, await describe());
    },
  }];
}
