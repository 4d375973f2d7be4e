import { serveFile } from "@std/http/file-server";
import { assertEquals, assertMatch } from "@std/assert";

const text = "0123456789";

/** A folder with files in it. */
async function withFolder(use: (root: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/sub`);
    await Deno.writeTextFile(`${folder}/a b.txt`, text);
    await Deno.writeTextFile(`${folder}/empty.js`, "");
    await Deno.writeTextFile(`${folder}/sub/index.html`, "<p>");
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ask = (root: string, file: string, init?: RequestInit) =>
  serveFile(new Request("http://host/", init), `${root}/${file}`);

Deno.test("serveFile › answers with the file, its type, length, time and tag", () =>
  withFolder(async (root) => {
    const response = await ask(root, "a b.txt");
    assertEquals([response.status, await response.text()], [200, text]);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=UTF-8");
    assertEquals(response.headers.get("content-length"), "10");
    assertEquals(response.headers.get("accept-ranges"), "bytes");
    assertMatch(response.headers.get("etag") ?? "", /^W\/"a-.{27}"$/);
    const { mtime } = await Deno.stat(`${root}/a b.txt`);
    assertEquals(response.headers.get("last-modified"), mtime?.toUTCString());
  }));

Deno.test("serveFile › HEAD has the headers alone, other methods are not allowed", () =>
  withFolder(async (root) => {
    const head = await ask(root, "a b.txt", { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length"), await head.text()], [200, "10", ""]);
    assertEquals((await ask(root, "a b.txt", { method: "POST", body: "x" })).status, 405);
  }));

Deno.test("serveFile › 304 when the client has the file", () =>
  withFolder(async (root) => {
    const first = await ask(root, "empty.js");
    assertEquals(await first.text(), "");
    const etag = first.headers.get("etag") ?? "";
    const modified = first.headers.get("last-modified") ?? "";
    const status = async (headers: Record<string, string>) => {
      const response = await ask(root, "empty.js", { headers });
      await response.body?.cancel();
      return response.status;
    };
    assertEquals(await status({ "if-none-match": etag }), 304);
    assertEquals(await status({ "if-none-match": `"other"` }), 200);
    assertEquals(await status({ "if-modified-since": modified }), 304);
    assertEquals(await status({ "if-modified-since": new Date(0).toUTCString() }), 200);
    // The tag goes before the date.
    assertEquals(await status({ "if-none-match": `"other"`, "if-modified-since": modified }), 200);
  }));

Deno.test("serveFile › a single range of bytes", () =>
  withFolder(async (root) => {
    const part = async (range: string) => {
      const response = await ask(root, "a b.txt", { headers: { range } });
      return [response.status, response.headers.get("content-range"), await response.text()];
    };
    assertEquals(await part("bytes=2-4"), [206, "bytes 2-4/10", "234"]);
    assertEquals(await part("bytes=7-"), [206, "bytes 7-9/10", "789"]);
    assertEquals(await part("bytes=-3"), [206, "bytes 7-9/10", "789"]);
    assertEquals(await part("bytes=8-99"), [206, "bytes 8-9/10", "89"]);
    assertEquals(await part("bytes=0-0"), [206, "bytes 0-0/10", "0"]);
    assertEquals(await part("bytes=10-11"), [416, "bytes */10", "Range Not Satisfiable"]);
    assertEquals(await part("bytes=4-2"), [416, "bytes */10", "Range Not Satisfiable"]);
    assertEquals(await part("bytes=0-1,3-4"), [200, null, text]);
    assertEquals(await part("lines=0-1"), [200, null, text]);
  }));

Deno.test("serveFile › a range of a file that has changed since is answered with the whole file", () =>
  withFolder(async (root) => {
    const modified = (await ask(root, "a b.txt", { method: "HEAD" })).headers.get("last-modified") ?? "";
    const status = async (ifRange: string) => {
      const response = await ask(root, "a b.txt", { headers: { range: "bytes=2-4", "if-range": ifRange } });
      return [response.status, await response.text()];
    };
    assertEquals(await status(modified), [206, "234"]);
    assertEquals(await status(new Date(0).toUTCString()), [200, text]);
    assertEquals(await status(`"another"`), [200, text]);
    // A weak tag is the same for contents that differ by a byte.
    const etag = (await ask(root, "a b.txt", { method: "HEAD" })).headers.get("etag") ?? "";
    assertEquals(await status(etag), [200, text]);
  }));

Deno.test("serveFile › 404 for what is not there and for a folder", () =>
  withFolder(async (root) => {
    const request = new Request("http://host/");
    assertEquals((await serveFile(request, `${root}/none`)).status, 404);
    assertEquals((await serveFile(request, `${root}/sub`)).status, 404);
    const response = await serveFile(request, `${root}/sub/index.html`);
    assertEquals(await response.text(), "<p>");
  }));

Deno.test("serveFile › over a real connection", () =>
  withFolder(async (root) => {
    await Deno.writeFile(`${root}/big`, new Uint8Array(300_000).fill(7));
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    await using server = Deno.serve(options, (request) => serveFile(request, `${root}/big`));
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const whole = await (await fetch(url)).bytes();
    assertEquals([whole.length, whole[299_999]], [300_000, 7]);
    const part = await (await fetch(url, { headers: { range: "bytes=100000-200000" } })).bytes();
    assertEquals(part.length, 100_001);
  }));
