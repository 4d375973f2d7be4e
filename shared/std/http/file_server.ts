/** Serving files over HTTP. */
export { serveDir, type ServeDirOptions } from "./_serve_dir.ts";
export { serveFile, type ServeFileOptions } from "./_serve_file.ts";
