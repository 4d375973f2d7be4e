import { exportJWK, generateKeyPair, SignJWT } from "@panva/jose";
import { AUDIENCES, TOKEN_TYPES } from "../../../shared/auth/mod.ts";
import type { MeetingClaims } from "../../../shared/protocol/mod.ts";

/**
 * Signs meeting tokens with a key of its own, whose public half it serves as AC would. Of what a shard asks GC for, it
 * takes the end of a meeting, and hand-overs as `handOvers` says, and nothing else.
 */
export interface Issuer extends AsyncDisposable {
  readonly url: string;
  readonly jwksUrl: string;
  /** GC's answers to the next hand-overs. */
  readonly handOvers: Response[];
  meetingToken(
    claims: Partial<MeetingClaims> & { sub: string; meeting_id: string },
    lifetimeSeconds?: number,
    /** How much later than now the token is issued. */
    aheadSeconds?: number,
  ): Promise<string>;
  /** A service's token for this component. */
  serviceToken(scope: string): Promise<string>;
}

const kid = "test-key";

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair("Ed25519", { extractable: true });
  const keys = [{ ...await exportJWK(publicKey), kid, alg: "EdDSA", use: "sig" }];
  const handOvers: Response[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    await request.body?.cancel();
    if (request.method === "GET") return Response.json({ keys });
    if (pathname.endsWith("/service/token")) {
      return Response.json({ access_token: await serviceToken("any"), token_type: "Bearer", expires_in: 60 });
    }
    const moved = pathname.endsWith("/hand-over") ? handOvers.shift() : undefined;
    return moved ?? new Response(null, { status: pathname.endsWith("/end") ? 204 : 503 });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  function serviceToken(scope: string): Promise<string> {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    return new SignJWT({ service_type: "global-controller", scope })
      .setProtectedHeader({ alg: "EdDSA", kid, typ: TOKEN_TYPES.access })
      .setIssuer(url).setAudience(AUDIENCES.meeting).setSubject("global").setJti(crypto.randomUUID())
      .setIssuedAt(nowSeconds).setExpirationTime(nowSeconds + 60)
      .sign(privateKey);
  }
  return {
    url,
    handOvers,
    jwksUrl: `${url}/.well-known/jwks.json`,
    meetingToken({ sub, ...claims }, lifetimeSeconds = 900, aheadSeconds = 0) {
      const all: Record<string, unknown> = {
        meeting_org_id: "org",
        home_org_id: "org",
        participant_type: "member",
        role: "participant",
        capabilities: [],
        display_name: sub,
        ...claims,
      };
      const nowSeconds = Math.floor(Date.now() / 1_000) + aheadSeconds;
      return new SignJWT(all)
        .setProtectedHeader({ alg: "EdDSA", kid, typ: TOKEN_TYPES.meeting })
        .setIssuer(url).setAudience(AUDIENCES.meeting).setSubject(sub).setJti(crypto.randomUUID())
        .setIssuedAt(nowSeconds).setExpirationTime(nowSeconds + lifetimeSeconds)
        .sign(privateKey);
    },
    serviceToken,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
