import { encodeBase64 } from "./_base64.ts";

/** What of a file's information an entity tag is made of. */
export interface FileInfo {
  /** When the content was last changed. */
  mtime: Date | null;
  /** How long it is, in bytes. */
  size: number;
}

/** Options for {@linkcode eTag}. */
export interface ETagOptions {
  /**
   * The digest that the tag is made with.
   *
   * @default {"SHA-256"}
   */
  algorithm?: AlgorithmIdentifier;
  /** Whether the tag is marked as weak. By default it is for a file's information, and is not for content. */
  weak?: boolean;
}

async function digest(
  data: string | Uint8Array,
  algorithm: AlgorithmIdentifier,
): Promise<string> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : new Uint8Array(data);
  return encodeBase64(await crypto.subtle.digest(algorithm, bytes)).slice(
    0,
    27,
  );
}

async function fingerprint(
  entity: string | Uint8Array | FileInfo,
  algorithm: AlgorithmIdentifier,
): Promise<string | undefined> {
  if (typeof entity !== "string" && "mtime" in entity) {
    if (entity.mtime === null) return undefined;
    return `${entity.size.toString(16)}-${await digest(
      entity.mtime.toJSON(),
      algorithm,
    )}`;
  }
  const bytes = typeof entity === "string" ? new TextEncoder().encode(entity) : entity;
  // The tag of nothing is a constant, whatever the algorithm.
  return `${bytes.length.toString(16)}-${await digest(
    bytes,
    bytes.length === 0 ? "SHA-256" : algorithm,
  )}`;
}

/**
 * The entity tag (RFC 9110 §8.8.3) of content, a strong one, or of a file's information, a weak one; `undefined` for
 * a file without a time of modification.
 *
 * @example
 * ```ts
 * const etag = await eTag(body);
 * return new Response(body, { headers: { etag } });
 * ```
 */
export async function eTag(
  entity: string | Uint8Array,
  options?: ETagOptions,
): Promise<string>;
export async function eTag(
  entity: FileInfo,
  options?: ETagOptions,
): Promise<string | undefined>;
export async function eTag(
  entity: string | Uint8Array | FileInfo,
  options: ETagOptions = {},
): Promise<string | undefined> {
  const tag = await fingerprint(entity, options.algorithm ?? "SHA-256");
  if (tag === undefined) return undefined;
  const weak = options.weak ??
    (typeof entity !== "string" && "mtime" in entity);
  return weak ? `W/"${tag}"` : `"${tag}"`;
}

const isAny = (value: string) => value.trim() === "*";
const tagsOf = (value: string) => value.trim().split(/\s*,\s*/);
const opaque = (tag: string) => tag.startsWith("W/") ? tag.slice(2) : tag;

/**
 * Whether an `If-Match` header lets the request through: strong comparison, so a weak `etag` never matches
 * (RFC 9110 §13.1.1).
 */
export function ifMatch(
  value: string | null,
  etag: string | undefined,
): boolean {
  if (!value || !etag || etag.startsWith("W/")) return false;
  return isAny(value) || tagsOf(value).includes(etag);
}

/**
 * Whether an `If-None-Match` header lets the request through: weak comparison; false means that the client has the
 * entity already (RFC 9110 §13.1.2).
 */
export function ifNoneMatch(
  value: string | null,
  etag: string | undefined,
): boolean {
  if (!value || !etag) return true;
  return !isAny(value) && !tagsOf(value).map(opaque).includes(opaque(etag));
}
