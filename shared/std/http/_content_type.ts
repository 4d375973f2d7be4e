const text = (type: string) => `${type}; charset=UTF-8`;

/** Media types by a file's extension, for what a web application is made of. */
const types: ReadonlyMap<string, string> = new Map([
  ["css", text("text/css")],
  ["csv", text("text/csv")],
  ["gif", "image/gif"],
  ["htm", text("text/html")],
  ["html", text("text/html")],
  ["ico", "image/vnd.microsoft.icon"],
  ["jpeg", "image/jpeg"],
  ["jpg", "image/jpeg"],
  ["js", text("text/javascript")],
  ["json", text("application/json")],
  ["map", text("application/json")],
  ["md", text("text/markdown")],
  ["mjs", text("text/javascript")],
  ["mp3", "audio/mpeg"],
  ["mp4", "video/mp4"],
  ["ogg", "audio/ogg"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["svg", "image/svg+xml"],
  ["txt", text("text/plain")],
  ["wasm", "application/wasm"],
  ["wav", "audio/wav"],
  ["webm", "video/webm"],
  ["webmanifest", text("application/manifest+json")],
  ["webp", "image/webp"],
  ["woff", "font/woff"],
  ["woff2", "font/woff2"],
  ["xml", "application/xml"],
]);

/** The `Content-Type` for a file by its name, `undefined` when the extension says nothing. */
export function contentType(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot > 0 ? types.get(name.slice(dot + 1).toLowerCase()) : undefined;
}
