import { assert } from "@std/assert";
import type { Page } from "playwright-core";
import { z } from "zod";
import { meetingClaims, meetingToken, ticket } from "../../shared/protocol/mod.ts";
import { decodeJwt } from "@panva/jose";
import type { Stack } from "./stack.ts";

/**
 * Has a page's participant be in a region: the token of their ticket is replaced by one that AC makes for the claims that
 * a GC of that region would name. To be called before the page joins.
 */
export async function joinFromRegion(stack: Stack, page: Page, region: string): Promise<void> {
  await page.route(/\/api\/v1\/meetings\/[^/]+\/(join|guest-token)$/, async (route) => {
    const response = await route.fetch();
    const given = ticket.parse(await response.json());
    const { sub, ...claims } = z.object({ sub: z.string(), ...meetingClaims.shape }).parse(
      decodeJwt(given.token),
    );
    const { token } = await meetingTokenFor(stack, { sub, ...claims, region });
    await route.fulfill({ response, json: { ...given, token } });
  });
}

/** As GC does it: with its own client's secret at AC, whose port is the next one after the page's. */
async function meetingTokenFor({ origin, dataDir }: Stack, body: unknown) {
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
    body: JSON.stringify(body),
  });
  const answer = await made.json();
  assert(made.ok, JSON.stringify(answer));
  return meetingToken.parse(answer);
}
