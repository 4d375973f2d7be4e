import { realClient, TOKEN_TYPES } from "../../shared/auth/mod.ts";
import type { Audience } from "../../shared/auth/mod.ts";
import { HttpError, jsonResponse, readForm } from "../../shared/http/mod.ts";
import type { Context, Route } from "../../shared/http/mod.ts";
import type { KnownClient } from "../actors/client_directory.ts";
import { authenticateClient } from "../client_secret.ts";
import { issueToken } from "../issue_token.ts";
import { takeTurn } from "../limits/take_turn.ts";
import type { Parts } from "../parts.ts";

/** RFC 6749 §5.2, and from §4.1.2.1 what it has for "not now". */
type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "temporarily_unavailable";

/** The form parameters of a token request; each may come once (RFC 6749 §3.2). */
type Form = ReadonlyMap<string, string>;

/** What a token is asked for: one audience, and scopes of it. */
interface Grant {
  readonly audience: Audience;
  readonly scope: string;
}

const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

/** `POST /api/v1/auth/service/token`: the OAuth 2.0 token endpoint for client credentials (RFC 6749 §4.4). */
export function serviceTokenRoutes(parts: Parts): Route[] {
  return [{
    method: "POST",
    path: "/api/v1/auth/service/token",
    async handler(context) {
      try {
        return await token(parts, context);
      } catch (error) {
        if (error instanceof HttpError) return asOAuth(error);
        throw error;
      }
    },
  }];
}

async function token(parts: Parts, context: Context): Promise<Response> {
  const { address } = await realClient(parts.verifier, context);
  await takeTurn(parts, "service_token", address);
  const form = await readParameters(context);
  const { clientId, secret } = credentials(context.request.headers, form);
  const known = await authenticateClient(parts, clientId, secret);
  if (known === undefined) throw refuseClient(parts, address);
  const { client } = known;
  const grantType = form.get("grant_type");
  if (grantType === undefined) throw oauthError("invalid_request", "grant_type is missing");
  if (grantType !== "client_credentials") {
    throw oauthError("unsupported_grant_type", "Only client_credentials");
  }
  const grant = granted(known, form.get("scope"));
  const issued = await issueToken(parts, "service", {
    type: TOKEN_TYPES.access,
    audience: grant.audience,
    subject: client.client_id,
    lifetimeSeconds: parts.settings.serviceTokenSeconds,
    claims: { service_type: client.service_type, scope: grant.scope },
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
    if (!audiences.has(scope)) throw oauthError("invalid_scope", "The client doesn't have this scope");
  }
  for (const scope of scopes) {
    const next = audiences.get(scope);
    if (next === undefined || (audience !== undefined && audience !== next)) {
      throw oauthError("invalid_scope", "A token is for one component: ask for the scopes of one");
    }
    audience = next;
  }
  if (audience === undefined) throw oauthError("invalid_scope", "The client has no scope");
  return { audience, scope: [...scopes].join(" ") };
}

function refuseClient({ metrics, record }: Parts, address: string): HttpError {
  metrics.tokensIssued.add({ type: "service", result: "invalid_client" });
  record({
    type: "token_refused",
    actor: "unknown",
    subject: "unknown",
    organization_id: null,
    address,
    result: "invalid_client",
  });
  return invalidClient();
}

function invalidClient(): HttpError {
  return oauthError("invalid_client", "Client authentication failed", 401, {
    "www-authenticate": 'Basic realm="darktower", charset="UTF-8"',
  });
}

function oauthError(
  code: OAuthErrorCode,
  description: string,
  status = 400,
  headers: Readonly<Record<string, string>> = {},
): HttpError {
  return new HttpError(status, code, description, { headers });
}

/** The form of RFC 6749 §5.2 for every refusal, whether it knows OAuth or not. */
function asOAuth({ status, code, message, headers, retryAfterSeconds }: HttpError): Response {
  const retry: Record<string, string> = retryAfterSeconds === undefined
    ? {}
    : { "retry-after": String(retryAfterSeconds) };
  const later = status === 429 || status === 503;
  const error = /^[a-z_]+$/.test(code) ? code : later ? "temporarily_unavailable" : "invalid_request";
  // Whatever is wrong with the form itself is 400 in RFC 6749; only its size has a status of its own.
  const shown = status === 415 ? 400 : status;
  return jsonResponse(shown, { error, error_description: message }, { ...NO_STORE, ...retry, ...headers });
}
