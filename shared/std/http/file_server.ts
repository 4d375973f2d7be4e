/** Serving files over HTTP. */
export { serveFile, type ServeFileOptions } from "./_serve_file.ts";
