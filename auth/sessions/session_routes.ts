import { realClient } from "../../shared/auth/mod.ts";
import { isAllowedOrigin, jsonResponse } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { refuse } from "../errors/errors.ts";
import { endSession } from "../store/sessions.ts";
import { findUser } from "../store/users.ts";
import { userAccess } from "../tokens/user_access.ts";
import { forgetCookie, renewSession, requireSession } from "./browser_session.ts";
import type { SessionServices } from "./session_services.ts";

/** `POST /api/v1/auth/user/refresh` and `logout`: by the session's cookie, for pages of allowed origins. */
export function sessionRoutes(services: SessionServices): Route[] {
  const { store, settings, recordWithin, verifier } = services;

  function checkOrigin({ request }: Context): void {
    const { headers } = request;
    const allowed = isAllowedOrigin(headers.get("origin"), {
      publicUrl: settings.issuer,
      allowedOrigins: settings.allowedOrigins,
    });
    if (!allowed || headers.get("sec-fetch-site") === "cross-site") throw refuse("ORIGIN_NOT_ALLOWED");
  }

  return [{
    method: "POST",
    path: "/api/v1/auth/user/refresh",
    async handler(context) {
      checkOrigin(context);
      const { headers } = context.request;
      const client = await realClient(verifier, context);
      const session = await requireSession(services, headers, client.address);
      const user = await findUser(store, session.user_id);
      if (user === undefined || user.disabled === 1) throw refuse("NO_SESSION");
      const answer = jsonResponse(200, await userAccess(services, user, client.address));
      await renewSession(services, session, headers, answer);
      return answer;
    },
  }, {
    method: "POST",
    path: "/api/v1/auth/user/logout",
    async handler(context) {
      checkOrigin(context);
      const client = await realClient(verifier, context);
      const session = await requireSession(services, context.request.headers, client.address);
      const user = await findUser(store, session.user_id);
      await endSession(store, session.session_id, (queries) =>
        recordWithin(queries, {
          type: "logout",
          actor: session.user_id,
          subject: session.user_id,
          organization_id: user?.organization_id ?? null,
          address: client.address,
          result: "ok",
        }));
      const answer = new Response(null, { status: 204 });
      forgetCookie(services, answer);
      return answer;
    },
  }];
}
