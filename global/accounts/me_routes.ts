import { jsonResponse, type Route } from "../../shared/http/mod.ts";
import type { Me } from "../../shared/protocol/mod.ts";
import type { Parts } from "../composition/parts.ts";
import { signedIn } from "./signed_in.ts";

/** Who the caller's token stands for. */
export function meRoutes(parts: Parts): Route[] {
  return [{
    method: "GET",
    path: "/api/v1/me",
    async handler(context) {
      const { sub, orgId, roles, displayName } = await signedIn(parts, context);
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
