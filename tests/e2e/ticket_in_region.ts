import { decodeJwt } from "@panva/jose";
import { assert } from "@std/assert";
import { z } from "zod";
import { meetingClaims, meetingToken, type Ticket } from "../../shared/protocol/mod.ts";
import type { Stack } from "./stack.ts";

/** The ticket as a GC of this region would have given it: AC makes another token for the same claims and the region. */
export async function ticketInRegion(
  { origin, dataDir }: Pick<Stack, "origin" | "dataDir">,
  given: Ticket,
  region: string,
): Promise<Ticket> {
  const named = z.object({ sub: z.string(), ...meetingClaims.shape }).parse(decodeJwt(given.token));
  // AC's port is the next one after the page's.
  const auth = `http://127.0.0.1:${Number(new URL(origin).port) + 1}/api/v1/auth`;
  const granted = await fetch(`${auth}/service/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: "global",
      client_secret: (await Deno.readTextFile(`${dataDir}/global/client.secret`)).trim(),
      scope: "service.issue-meeting-token.ac",
    }),
  });
  const { access_token } = z.object({ access_token: z.string() }).parse(await granted.json());
  const made = await fetch(`${auth}/internal/meeting-token`, {
    method: "POST",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify({ ...named, region }),
  });
  const answer = await made.json();
  assert(made.ok, JSON.stringify(answer));
  return { ...given, token: meetingToken.parse(answer).token };
}
