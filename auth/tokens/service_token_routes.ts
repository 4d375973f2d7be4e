import { NO_STORE, oauthRefusal, realClient, TOKEN_TYPES } from "../../shared/auth/mod.ts";
import type { Audience } from "../../shared/auth/mod.ts";
import { HttpError, jsonResponse, readForm } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import { type OAuthErrorCode, oauthErrorCode } from "../../shared/protocol/mod.ts";
import type { KnownClient } from "../clients/client_directory.ts";
import { authenticateClient } from "../clients/client_secret.ts";
import { assertWithinLimit } from "../limits/assert_within_limit.ts";
import type { ClientRow } from "../store/schema.ts";
import { issueToken } from "./issue_token.ts";
import type { TokenServices } from "./token_services.ts";

/** The form parameters of a token request; each may come once (RFC 6749 §3.2). */
type Form = ReadonlyMap<string, string>;

/** What a token is asked for: one audience, and scopes of it. */
interface Grant {
  readonly audience: Audience;
  readonly scope: string;
}

/** `POST /api/v1/auth/service/token`: the OAuth 2.0 token endpoint for client credentials (RFC 6749 §4.4). */
export function serviceTokenRoutes(services: TokenServices): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/service/token",
    async handler(context) {
      const { address } = await realClient(services.verifier, context);
      try {
        return await token(services, context, address);
      } catch (error) {
        if (!(error instanceof HttpError)) throw error;
        recordRefusal(services, error, address);
        return oauthRefusal(error);
      }
    },
  }];
}

async function token(services: TokenServices, context: Context, address: string): Promise<Response> {
  await assertWithinLimit(services, "service_token", address);
  const form = await readParameters(context);
  const { clientId, secret } = credentials(context.request.headers, form);
  const outcome = await authenticateClient(services, clientId, secret);
  if (!outcome.ok) throw invalidClient({ clientId: outcome.clientId, reason: outcome.reason });
  const { known } = outcome;
  const { client } = known;
  const grantType = form.get("grant_type");
  if (grantType === undefined) throw oauthError("invalid_request", "grant_type is missing");
  if (grantType !== "client_credentials") {
    throw oauthError("unsupported_grant_type", "Only client_credentials", { clientId: client.client_id });
  }
  const grant = granted(known, form.get("scope"));
  const issued = await issueToken(services, "service", {
    type: TOKEN_TYPES.access,
    audience: grant.audience,
    subject: client.client_id,
    lifetimeSeconds: services.settings.serviceTokenSeconds,
    claims: { client_id: client.client_id, service_type: client.service_type, scope: grant.scope },
  }, { actor: client.client_id, organizationId: null, address });
  return jsonResponse(200, {
    access_token: issued.token,
    token_type: "Bearer",
    expires_in: issued.expiresInSeconds,
    scope: grant.scope,
  }, NO_STORE);
}

async function readParameters(context: Context): Promise<Form> {
  const form = new Map<string, string>();
  (await readForm(context)).forEach((value, name) => {
    if (form.has(name)) throw oauthError("invalid_request", "A parameter comes more than once");
    // RFC 6749 §3.2: a parameter without a value counts as absent.
    if (value !== "") form.set(name, value);
  });
  return form;
}

/** By HTTP Basic or by form fields, never by both (RFC 6749 §2.3). */
function credentials(headers: Headers, form: Form): { clientId: string; secret: string } {
  const header = headers.get("authorization");
  const fields = { clientId: form.get("client_id"), secret: form.get("client_secret") };
  if (header === null) {
    if (fields.clientId === undefined || fields.secret === undefined) throw invalidClient();
    return { clientId: fields.clientId, secret: fields.secret };
  }
  const basic = decodeBasic(header);
  if (basic === undefined) throw invalidClient();
  if (fields.secret !== undefined || (fields.clientId !== undefined && fields.clientId !== basic.clientId)) {
    throw oauthError("invalid_request", "Authenticate by HTTP Basic or by form fields, not by both");
  }
  return basic;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** RFC 6749 §2.3.1: both halves are form-encoded before they are joined. */
function decodeBasic(header: string): { clientId: string; secret: string } | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const binary = atob(encoded);
    const text = /^[\x20-\x7e]*$/.test(binary) ? binary : decoder.decode(Uint8Array.fromBase64(encoded));
    const colon = text.indexOf(":");
    if (colon < 0) return undefined;
    const [clientId, secret] = [text.slice(0, colon), text.slice(colon + 1)].map(formDecoded);
    return clientId === undefined || secret === undefined ? undefined : { clientId, secret };
  } catch {
    return undefined;
  }
}

function formDecoded(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll("+", " ")) : text;
}

/** The scopes that a client gets: those asked for, or all; of what it has, and of one component. */
function granted({ client, audiences }: KnownClient, asked = client.scope): Grant {
  let audience: Audience | undefined;
  const scopes = new Set(asked.split(" "));
  for (const scope of scopes) {
    if (!audiences.has(scope)) throw invalidScope("The client doesn't have this scope", client);
  }
  for (const scope of scopes) {
    const next = audiences.get(scope);
    if (next === undefined || (audience !== undefined && audience !== next)) {
      throw invalidScope("A token is for one component: ask for the scopes of one", client);
    }
    audience = next;
  }
  if (audience === undefined) throw invalidScope("The client has no scope", client);
  return { audience, scope: [...scopes].join(" ") };
}

/** What the audit trail has of a refusal beside its code: whose it was, where that is known, and why. */
interface Background {
  readonly clientId: string | undefined;
  readonly reason?: string;
}

function recordRefusal(
  { metrics, record }: TokenServices,
  { code, cause }: HttpError,
  address: string,
): void {
  if (!oauthErrorCode.safeParse(code).success) return;
  const { clientId = "unknown", reason = code } = isBackground(cause) ? cause : {};
  metrics.tokensIssued.add({ type: "service", result: code });
  record({
    type: "token_refused",
    actor: clientId,
    subject: clientId,
    organization_id: null,
    address,
    result: reason,
  });
}

function isBackground(cause: unknown): cause is Background {
  return typeof cause === "object" && cause !== null && "clientId" in cause;
}

function invalidClient(background?: Background): HttpError {
  return new HttpError(401, "invalid_client", "Client authentication failed", {
    headers: { "www-authenticate": 'Basic realm="darktower", charset="UTF-8"' },
    cause: background,
  });
}

function invalidScope(description: string, { client_id }: ClientRow): HttpError {
  return oauthError("invalid_scope", description, { clientId: client_id });
}

function oauthError(code: OAuthErrorCode, description: string, background?: Background): HttpError {
  return new HttpError(400, code, description, { cause: background });
}
