import { posix } from "node:path";
import { serveFile } from "./_serve_file.ts";
import { standardResponse } from "./_standard_response.ts";
import { STATUS_CODE } from "./status.ts";

/** Options for {@linkcode serveDir}. */
export interface ServeDirOptions {
  /**
   * The folder whose files are served.
   *
   * @default {"."}
   */
  fsRoot?: string;
  /** The beginning of the path, without its first slash, that is not part of the file's path. */
  urlRoot?: string;
  /**
   * Whether a folder answers with its `index.html`.
   *
   * @default {true}
   */
  showIndex?: boolean;
  /**
   * Whether pages of every origin may read the answers.
   *
   * @default {false}
   */
  enableCors?: boolean;
  /**
   * Whether no line is printed for a request.
   *
   * @default {false}
   */
  quiet?: boolean;
  /**
   * The digest that entity tags are made with.
   *
   * @default {"SHA-256"}
   */
  etagAlgorithm?: AlgorithmIdentifier;
  /** Headers for every answer, each `name: value`. */
  headers?: string[];
}

function redirect(url: URL, pathname: string): Response {
  const target = new URL(url);
  target.pathname = pathname;
  return Response.redirect(target, STATUS_CODE.MovedPermanently);
}

async function answer(
  req: Request,
  options: ServeDirOptions,
): Promise<Response> {
  if (req.method !== "GET" && req.method !== "HEAD") {
    return standardResponse(STATUS_CODE.MethodNotAllowed);
  }
  const url = new URL(req.url);
  const path = decodeURIComponent(url.pathname);
  // Normalizing an absolute path drops every ".." that would lead above the root.
  const normalized = posix.normalize(path);
  if (path.includes("\0")) return standardResponse(STATUS_CODE.BadRequest);
  const prefix = options.urlRoot ? `/${options.urlRoot}` : "";
  if (!normalized.startsWith(prefix)) {
    return standardResponse(STATUS_CODE.NotFound);
  }
  if (normalized !== path) return redirect(url, normalized);

  const fsPath = posix.join(
    options.fsRoot ?? ".",
    normalized.slice(prefix.length).replace(/\/$/, ""),
  );
  const serve = (file: string, fileInfo: Deno.FileInfo) =>
    serveFile(req, file, {
      fileInfo,
      etagAlgorithm: options.etagAlgorithm ?? "SHA-256",
    });
  const info = await Deno.stat(fsPath);
  const slash = url.pathname.endsWith("/");
  if (info.isDirectory && !slash) return redirect(url, `${url.pathname}/`);
  if (!info.isDirectory) {
    return slash ? redirect(url, url.pathname.slice(0, -1)) : serve(fsPath, info);
  }
  if (!(options.showIndex ?? true)) {
    return standardResponse(STATUS_CODE.NotFound);
  }
  const index = posix.join(fsPath, "index.html");
  return serve(index, await Deno.stat(index));
}

function print(req: Request, status: number): void {
  const [date = "", time = ""] = new Date().toISOString().split("T");
  const line = `[${date} ${time.slice(0, 8)}] [${req.method}] ${new URL(req.url).pathname} ${status}\n`;
  Deno.stdout.writeSync(new TextEncoder().encode(line));
}

/**
 * Answers with the file below `fsRoot` that the path of the request names. A path that is not in its normal form is
 * redirected to it, a folder to its path with a slash at the end, a file to its path without one; no path leads out
 * of `fsRoot`. 404 for what is not there, 400 for a path that can't be decoded. What a file answers with:
 * {@linkcode serveFile}.
 *
 * @example
 * ```ts
 * Deno.serve((request) => serveDir(request, { fsRoot: "public", urlRoot: "static" }));
 * ```
 */
export async function serveDir(
  req: Request,
  opts: ServeDirOptions = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await answer(req, opts);
  } catch (error) {
    response = standardResponse(
      error instanceof URIError ? STATUS_CODE.BadRequest : error instanceof Deno.errors.NotFound ||
          error instanceof Deno.errors.NotADirectory
        ? STATUS_CODE.NotFound
        : STATUS_CODE.InternalServerError,
    );
  }
  // The headers of a redirect can't be changed.
  if (response.status !== STATUS_CODE.MovedPermanently) {
    if (opts.enableCors) {
      response.headers.append("access-control-allow-origin", "*");
      response.headers.append(
        "access-control-allow-headers",
        "Origin, X-Requested-With, Content-Type, Accept, Range",
      );
    }
    for (const header of opts.headers ?? []) {
      const [name = "", ...value] = header.split(":");
      response.headers.append(name, value.join(":").trim());
    }
  }
  if (!opts.quiet) print(req, response.status);
  return response;
}
