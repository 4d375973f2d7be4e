import type { Secret } from "../../shared/config/mod.ts";
import type { Ticket } from "../../shared/protocol/mod.ts";

export interface TurnSettings {
  /** `turn:` and `turns:` URLs (RFC 7065); none where clients need no relay. */
  readonly turnUrls: readonly string[];
  /** Shared with the TURN server. */
  readonly turnSecret?: Secret | undefined;
  /** How long credentials let a client begin. */
  readonly turnSeconds: number;
}

type IceFields = Pick<Ticket, "ice_servers" | "ice_expires_in">;

const encoder = new TextEncoder();

/**
 * The TURN servers for one person, with credentials that expire. They are in the form of "A REST API for Access to TURN
 * Services" (draft-uberti-behave-turn-rest), as coturn takes them with `use-auth-secret`: the user name is the expiry
 * and a name, the password its HMAC-SHA1. The name lets the TURN server count a person's allocations.
 */
export async function iceServers(
  { turnUrls, turnSecret, turnSeconds }: TurnSettings,
  sub: string,
  nowMs: number,
): Promise<IceFields> {
  if (turnUrls.length === 0 || turnSecret === undefined) return { ice_servers: [] };
  const username = `${Math.floor(nowMs / 1_000) + turnSeconds}:${sub}`;
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(turnSecret.reveal()), algorithm, false, [
    "sign",
  ]);
  const signed = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(username)));
  return {
    ice_servers: [{ urls: [...turnUrls], username, credential: signed.toBase64() }],
    ice_expires_in: turnSeconds,
  };
}
