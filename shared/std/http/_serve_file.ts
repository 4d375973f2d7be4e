import { contentType } from "./_content_type.ts";
import { type ByteRange, byteRange } from "./_range.ts";
import { standardResponse } from "./_standard_response.ts";
import { eTag, ifNoneMatch } from "./etag.ts";
import { STATUS_CODE, STATUS_TEXT } from "./status.ts";

/** Options for {@linkcode serveFile}. */
export interface ServeFileOptions {
  /**
   * The digest that the entity tag is made with.
   *
   * @default {"SHA-256"}
   */
  etagAlgorithm?: AlgorithmIdentifier;
  /** The entity tag of a file that has no time of modification. */
  etagDefault?: string | Promise<string | undefined>;
  /** What `Deno.stat` says of the file, if it was asked already. */
  fileInfo?: Deno.FileInfo;
}

/** Passes on the bytes from the first up to `length` of them. */
function take(
  length: number,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let left = length;
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) controller.enqueue(part);
      if (left === 0) controller.terminate();
    },
  });
}

async function contentOf(
  path: string,
  range: ByteRange,
  size: number,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const file = await Deno.open(path);
  if (range.start > 0) await file.seek(range.start, Deno.SeekMode.Start);
  return range.end === size - 1
    ? file.readable
    : file.readable.pipeThrough(take(range.end - range.start + 1));
}

function isUnchanged(
  req: Request,
  etag: string | undefined,
  modified: Date | null,
): boolean {
  const tags = req.headers.get("if-none-match");
  if (tags !== null) return !ifNoneMatch(tags, etag);
  const since = req.headers.get("if-modified-since");
  // The header counts in whole seconds.
  return since !== null && modified !== null &&
    modified.getTime() < new Date(since).getTime() + 1000;
}

/**
 * The `Range` header, unless what the client has a part of is another content by now (RFC 9110 §13.1.5). Only a date of
 * modification tells: a file's tag is a weak one.
 */
function wantedRange({ headers }: Request, modified: Date | null): string | null {
  const condition = headers.get("if-range");
  const isSame = condition === null || condition === modified?.toUTCString();
  return isSame ? headers.get("range") : null;
}

/**
 * Answers with a file: `Last-Modified` and `ETag`, 304 when the client has it already, 206 for a single range of
 * bytes (of the content that `If-Range` names) and 416 for one outside, 404 for what is not there or a folder, 405 for
 * other methods than GET and HEAD.
 *
 * @example
 * ```ts
 * Deno.serve((request) => serveFile(request, "./static/README.md"));
 * ```
 */
export async function serveFile(
  req: Request,
  filePath: string,
  options: ServeFileOptions = {},
): Promise<Response> {
  if (req.method !== "GET" && req.method !== "HEAD") {
    return standardResponse(STATUS_CODE.MethodNotAllowed);
  }
  let info: Deno.FileInfo;
  try {
    info = options.fileInfo ?? await Deno.stat(filePath);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await req.body?.cancel();
    return standardResponse(STATUS_CODE.NotFound);
  }
  if (info.isDirectory) return standardResponse(STATUS_CODE.NotFound);

  const headers = new Headers({ "accept-ranges": "bytes" });
  const etag = info.mtime
    ? await eTag(info, { algorithm: options.etagAlgorithm ?? "SHA-256" })
    : await options.etagDefault;
  if (info.mtime) headers.set("last-modified", info.mtime.toUTCString());
  if (etag) headers.set("etag", etag);
  if (isUnchanged(req, etag, info.mtime)) {
    return standardResponse(STATUS_CODE.NotModified, headers);
  }

  const type = contentType(filePath);
  if (type) headers.set("content-type", type);
  const { size } = info;
  const answer = (
    status: 200 | 206,
    length: number,
    body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  ) => {
    headers.set("content-length", String(length));
    return new Response(body, {
      status,
      statusText: STATUS_TEXT[status],
      headers,
    });
  };
  if (req.method === "HEAD") return answer(STATUS_CODE.OK, size, null);
  const range = byteRange(wantedRange(req, info.mtime), size);
  if (range === "unsatisfiable") {
    headers.set("content-range", `bytes */${size}`);
    return standardResponse(STATUS_CODE.RangeNotSatisfiable, headers);
  }
  if (range === undefined) {
    return answer(
      STATUS_CODE.OK,
      size,
      await contentOf(filePath, { start: 0, end: size - 1 }, size),
    );
  }
  headers.set("content-range", `bytes ${range.start}-${range.end}/${size}`);
  return answer(
    STATUS_CODE.PartialContent,
    range.end - range.start + 1,
    await contentOf(filePath, range, size),
  );
}
