import { email, organizationSlug } from "../../shared/protocol/mod.ts";
import { findOpenInvitation, listInvitations, withdrawInvitation } from "../store/invitations.ts";
import { createInvitation, invitationLink, shownInvitation } from "../users/invitations.ts";
import { UsageError } from "./arguments.ts";
import { recorded } from "./command.ts";
import type { Command } from "./command.ts";
import { allPages, listedOrganization, organizationCalled, PAGE } from "./lookups.ts";
import { roles, wholeNumber } from "./option_values.ts";

const days = wholeNumber(1, 90);

export const invitationCommands: readonly Command[] = [{
  usage:
    "invitation create --organization SLUG [--email EMAIL] [--roles member,admin,operator] [--days DAYS]",
  summary: "lets one person register; the invitation is shown this once",
  async run(place, given) {
    const { organization_id } = await organizationCalled(
      place,
      given.required("organization", organizationSlug),
    );
    const granted = given.optional("roles", roles) ?? ["member"];
    const { row, invitation } = await createInvitation(
      place.store,
      {
        organizationId: organization_id,
        email: given.optional("email", email),
        roles: granted,
        createdBy: "system",
        lifetimeSeconds: (given.optional("days", days) ?? 7) * 86_400,
      },
      place.now(),
      (queries, { invitation_id: subject }) => {
        const details = { roles: granted.join(" ") };
        return place.recordWithin(queries, { type: "user_invited", subject, organization_id, details });
      },
    );
    const link = invitationLink(place.pageUrl, invitation);
    return { ...shownInvitation(row), invitation, link };
  },
}, {
  usage: "invitation list [--organization SLUG]",
  summary: "shows the invitations that are neither used nor expired",
  async run(place, given) {
    const organizationId = await listedOrganization(place, given);
    const rows = await allPages(
      (cursor) => listInvitations(place.store, organizationId, { now: place.now(), cursor, limit: PAGE }),
      ({ invitation_id }) => invitation_id,
    );
    return rows.map((row) => ({ email: null, ...shownInvitation(row) }));
  },
}, {
  usage: "invitation withdraw INVITATION_ID",
  summary: "lets nobody register by an invitation any more",
  async run(place, given) {
    const invitationId = given.word(0, "INVITATION_ID");
    const row = await findOpenInvitation(place.store, invitationId, place.now());
    const missing = () => new UsageError(`there is no invitation "${invitationId}", or it was used`);
    if (row === undefined) throw missing();
    const { organization_id } = row;
    const record = recorded(place, { type: "invitation_withdrawn", subject: invitationId, organization_id });
    if (!await withdrawInvitation(place.store, invitationId, record)) throw missing();
    return shownInvitation(row);
  },
}];
