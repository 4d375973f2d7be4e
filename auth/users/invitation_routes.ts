import { jsonResponse, readJson, refuseCommon } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { id, newInvitationBody } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import {
  authenticateAdministrator,
  readFromAdministrator,
} from "../organizations/authenticate_administrator.ts";
import { answerList, ownOrNamed, sees } from "../organizations/visible_organizations.ts";
import type { SessionServices } from "../sessions/session_services.ts";
import { findOpenInvitation, listInvitations, withdrawInvitation } from "../store/invitations.ts";
import { rolesOf } from "../store/users.ts";
import { createInvitation, invitationLink, shownInvitation } from "./invitations.ts";
import { mayChangeRoles, outranks } from "./roles.ts";

const PATH = "/api/v1/admin/invitations";

/** `/api/v1/admin/invitations`: lets one person register, with roles that the inviter has. */
export function invitationRoutes(services: SessionServices): Route[] {
  const { store, settings, now } = services;
  return [{
    method: "GET",
    path: PATH,
    handler: (context) =>
      answerList(services, context, {
        read: (organizationId, cursor, limit) =>
          listInvitations(store, organizationId, { now: now(), cursor, limit }),
        show: shownInvitation,
        cursorOf: ({ invitation_id }) => invitation_id,
      }),
  }, {
    method: "POST",
    path: PATH,
    async handler(context) {
      const read = () => readJson(context, newInvitationBody);
      const { caller, body } = await readFromAdministrator(services, context, read, "admin", "operator");
      if (!mayChangeRoles(caller.roles, ["member"], body.roles)) throw refuseCommon("FORBIDDEN");
      const organizationId = await ownOrNamed(services, caller, body.organization);
      const details = { roles: body.roles.join(" ") };
      const { row, invitation } = await createInvitation(
        store,
        {
          organizationId,
          email: body.email,
          roles: body.roles,
          createdBy: caller.userId,
          lifetimeSeconds: body.expires_in_seconds,
        },
        now(),
        (queries, { invitation_id: subject, organization_id }) =>
          caller.recordWithin(queries, { type: "user_invited", subject, organization_id, details }),
      );
      const link = invitationLink(settings.issuer, invitation);
      return jsonResponse(201, { ...shownInvitation(row), invitation, link });
    },
  }, {
    method: "DELETE",
    path: `${PATH}/:invitation_id`,
    async handler(context) {
      const caller = await authenticateAdministrator(services, context, "admin", "operator");
      const { data: invitationId } = id.safeParse(context.params["invitation_id"]);
      const row = invitationId === undefined
        ? undefined
        : await findOpenInvitation(store, invitationId, now());
      if (row === undefined || !sees(caller, row.organization_id)) throw refuse("INVITATION_NOT_FOUND");
      if (!outranks(caller.roles, rolesOf(row))) throw refuseCommon("FORBIDDEN");
      const { invitation_id: subject, organization_id } = row;
      const isWithdrawn = await withdrawInvitation(
        store,
        subject,
        (queries) => caller.recordWithin(queries, { type: "invitation_withdrawn", subject, organization_id }),
      );
      if (!isWithdrawn) throw refuse("INVITATION_NOT_FOUND");
      return new Response(null, { status: 204 });
    },
  }];
}
