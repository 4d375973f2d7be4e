import { serveDir, serveFile } from "@std/http/file-server";
import { assert, assertEquals, assertMatch } from "@std/assert";

const text = "0123456789";

/** A folder `public` with files in it, and a secret beside it. */
async function withFolder(use: (root: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/public/sub`, { recursive: true });
    await Deno.writeTextFile(`${folder}/secret.txt`, "secret");
    await Deno.writeTextFile(`${folder}/public/a b.txt`, text);
    await Deno.writeTextFile(`${folder}/public/empty.js`, "");
    await Deno.writeTextFile(`${folder}/public/sub/index.html`, "<p>");
    await use(`${folder}/public`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ask = (root: string, path: string, init?: RequestInit) =>
  serveDir(new Request(`http://host${path}`, init), { fsRoot: root, quiet: true });

Deno.test("serveDir › answers with the file, its type, length, time and tag", () =>
  withFolder(async (root) => {
    const response = await ask(root, "/a%20b.txt");
    assertEquals([response.status, await response.text()], [200, text]);
    assertEquals(response.headers.get("content-type"), "text/plain; charset=UTF-8");
    assertEquals(response.headers.get("content-length"), "10");
    assertEquals(response.headers.get("accept-ranges"), "bytes");
    assertMatch(response.headers.get("etag") ?? "", /^W\/"a-.{27}"$/);
    const { mtime } = await Deno.stat(`${root}/a b.txt`);
    assertEquals(response.headers.get("last-modified"), mtime?.toUTCString());
  }));

Deno.test("serveDir › HEAD has the headers alone, other methods are not allowed", () =>
  withFolder(async (root) => {
    const head = await ask(root, "/a%20b.txt", { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length"), await head.text()], [200, "10", ""]);
    assertEquals((await ask(root, "/a%20b.txt", { method: "POST", body: "x" })).status, 405);
  }));

Deno.test("serveDir › 304 when the client has the file", () =>
  withFolder(async (root) => {
    const first = await ask(root, "/empty.js");
    assertEquals(await first.text(), "");
    const etag = first.headers.get("etag") ?? "";
    const modified = first.headers.get("last-modified") ?? "";
    const status = async (headers: Record<string, string>) => {
      const response = await ask(root, "/empty.js", { headers });
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

Deno.test("serveDir › a single range of bytes", () =>
  withFolder(async (root) => {
    const part = async (range: string) => {
      const response = await ask(root, "/a%20b.txt", { headers: { range } });
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

Deno.test("serveDir › a folder answers with its index, under a path with a slash", () =>
  withFolder(async (root) => {
    const response = await ask(root, "/sub/");
    assertEquals([response.status, await response.text()], [200, "<p>"]);
    assertEquals(response.headers.get("content-type"), "text/html; charset=UTF-8");
    const redirected = await ask(root, "/sub?q=1");
    assertEquals([redirected.status, redirected.headers.get("location")], [301, "http://host/sub/?q=1"]);
    const file = await ask(root, "/empty.js/");
    assertEquals([file.status, file.headers.get("location")], [301, "http://host/empty.js"]);
    assertEquals((await ask(root, "/")).status, 404);
    const request = new Request("http://host/sub/");
    assertEquals((await serveDir(request, { fsRoot: root, quiet: true, showIndex: false })).status, 404);
  }));

Deno.test("serveDir › no path leads out of the folder", () =>
  withFolder(async (root) => {
    const paths = ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/sub/..%2f..%2fsecret.txt"];
    for (const path of paths) {
      const response = await ask(root, path);
      assert(response.status === 301 || response.status === 404, path);
      assertEquals((await response.text()).includes("secret"), false);
      const location = response.headers.get("location");
      if (location !== null) assertEquals((await ask(root, new URL(location).pathname)).status, 404);
    }
    assertEquals((await ask(root, "/a%00b")).status, 400);
    assertEquals((await ask(root, "/%E0%A4%A")).status, 400);
    assertEquals((await ask(root, "/a%20b.txt/below")).status, 404);
  }));

Deno.test("serveDir › urlRoot, headers and CORS", () =>
  withFolder(async (root) => {
    const options = {
      fsRoot: root,
      urlRoot: "static",
      quiet: true,
      enableCors: true,
      headers: ["x-a: b:c"],
    };
    const response = await serveDir(new Request("http://host/static/a%20b.txt"), options);
    assertEquals([response.status, await response.text()], [200, text]);
    assertEquals(response.headers.get("x-a"), "b:c");
    assertEquals(response.headers.get("access-control-allow-origin"), "*");
    assertEquals((await serveDir(new Request("http://host/other"), options)).status, 404);
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
