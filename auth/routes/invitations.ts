import { z } from "zod";
import { jsonResponse, readJson, refuseCommon } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { email, organizationSlug } from "../../shared/protocol/mod.ts";
import { createInvitation } from "../admin/invitations.ts";
import { mayChangeRoles, roleList } from "../admin/roles.ts";
import { requireRole } from "../door.ts";
import type { Parts } from "../parts.ts";
import { organizationNamed } from "./users.ts";

const newInvitation = z.strictObject({
  email: email.exactOptional(),
  roles: roleList.default(["member"]),
  expires_in_seconds: z.int().min(60).max(90 * 86_400).default(7 * 86_400),
  organization: organizationSlug.exactOptional(),
});

/** `POST /api/v1/admin/invitations`: lets one person register, with roles that the inviter has. */
export function invitationRoutes(parts: Parts): Route[] {
  const { store, now } = parts;
  return [{
    method: "POST",
    path: "/api/v1/admin/invitations",
    async handler(context) {
      const caller = await requireRole(parts, context, "admin", "operator");
      const body = await readJson(context, newInvitation);
      if (!mayChangeRoles(caller.roles, ["member"], body.roles)) throw refuseCommon("FORBIDDEN");
      const organizationId = await organizationNamed(parts, caller, body.organization);
      const { row, invitation } = await createInvitation(store, {
        organizationId,
        email: body.email,
        roles: body.roles,
        createdBy: caller.userId,
        lifetimeSeconds: body.expires_in_seconds,
      }, now());
      const subject = row.invitation_id;
      const details = { roles: body.roles.join(" ") };
      caller.record({ type: "user_invited", subject, organization_id: organizationId, details });
      return jsonResponse(201, {
        invitation_id: row.invitation_id,
        invitation,
        organization_id: organizationId,
        ...(row.email === null ? {} : { email: row.email }),
        roles: body.roles,
        expires_at: new Date(row.expires_at).toISOString(),
      });
    },
  }];
}
