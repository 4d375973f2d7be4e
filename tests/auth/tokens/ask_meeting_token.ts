import type { RunningAuth } from "../start_auth.ts";

/** What GC says of a guest. */
export const claims = {
  meeting_id: "m-1",
  meeting_org_id: "o-1",
  home_org_id: "o-2",
  participant_type: "guest",
  role: "guest",
  capabilities: ["chat"],
  display_name: "Grace",
};

export const guest = { sub: "guest-1", ...claims };

/** Asks for a meeting token, as GC unless another token is given. */
export async function meetingToken(auth: RunningAuth, given: unknown, token?: string): Promise<Response> {
  const bearer = token ?? await auth.serviceToken("global", "service.issue-meeting-token.ac");
  return await auth.post("/api/v1/auth/internal/meeting-token", given, { authorization: `Bearer ${bearer}` });
}
