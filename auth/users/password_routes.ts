import { authenticateUser, realClient } from "../../shared/auth/mod.ts";
import { readJson } from "../../shared/http/mod.ts";
import type { Route } from "../../shared/http/mod.ts";
import { changePasswordBody } from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import { accountName, checkPassword } from "../passwords/check_password.ts";
import { currentSession } from "../sessions/browser_session.ts";
import type { SessionServices } from "../sessions/session_services.ts";
import type { OnChange } from "../store/audit_entry.ts";
import { changePassword, findUser } from "../store/users.ts";

/** `PUT /api/v1/auth/user/password`: a new password for the old one; ends the other sessions. */
export function passwordRoutes(services: SessionServices): Route[] {
  const { store, passwords, recordWithin, verifier } = services;
  return [{
    method: "PUT",
    path: "/api/v1/auth/user/password",
    async handler(context) {
      const client = await realClient(verifier, context);
      const claims = await authenticateUser(verifier, context);
      await assertWithinLimit(services, "login", client.address);
      const { current_password, new_password } = await readJson(context, changePasswordBody);
      const known = await findUser(store, claims.sub);
      // The same guesses as at the login: who has a token of somebody's gets no more of them.
      const account = known === undefined ? claims.sub : accountName(known.organization_id, known.email);
      const attempt = { account, address: client.address, password: current_password };
      const user = await checkPassword(services, known, attempt, "password_changed");
      const session = await currentSession(services, context.request.headers, client.address);
      const keptSession = session?.user_id === user.user_id ? session.session_id : undefined;
      const how = { from: user.password_hash, keptSession };
      const hash = await passwords.hash(new_password);
      const record: OnChange = (queries) =>
        recordWithin(queries, {
          type: "password_changed",
          actor: user.user_id,
          subject: user.user_id,
          organization_id: user.organization_id,
          address: client.address,
          result: "ok",
        });
      // Of two changes that start from the same password the second is refused: the first has replaced it. So is one
      // of an account that was disabled while the password was hashed.
      if (!await changePassword(store, user.user_id, hash, record, how)) throw refuse("INVALID_CREDENTIALS");
      return new Response(null, { status: 204 });
    },
  }];
}
