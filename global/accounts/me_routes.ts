import { jsonResponse, type Route } from "../../shared/http/mod.ts";
import type { Me } from "../../shared/protocol/mod.ts";
import type { AccountServices } from "./account_services.ts";
import { authenticateUser } from "./authenticate_user.ts";

/** Who the caller's token stands for. */
export function meRoutes(services: AccountServices): Route[] {
  return [{
    method: "GET",
    path: "/api/v1/me",
    async handler(context) {
      const { sub, orgId, roles, displayName } = await authenticateUser(services, context);
      const me: Me = {
        user_id: sub,
        org_id: orgId,
        roles: [...roles],
        ...(displayName === undefined ? {} : { display_name: displayName }),
      };
      return jsonResponse(200, me);
    },
  }];
}
