import { assert, assertEquals } from "@std/assert";
import { createHandler } from "../../../../shared/http/mod.ts";
import { pageForUnknownAddresses } from "../../../../global/web/serve/not_found_page.ts";
import { webPageRoutes } from "../../../../global/web/serve/web_page_routes.ts";

interface Page extends AsyncDisposable {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
}

async function page(files: Readonly<Record<string, string>>): Promise<Page> {
  const folder = await Deno.makeTempDir();
  for (const [name, content] of Object.entries(files)) {
    const file = `${folder}/web/${name}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
  await Deno.writeTextFile(`${folder}/secret.txt`, "secret");
  const parts = { settings: { webDir: `${folder}/web`, publicUrl: "https://example.org" } };
  const handler = createHandler({ routes: webPageRoutes(parts), layers: [pageForUnknownAddresses(parts)] });
  return {
    get: async (path, headers = {}) => await handler(new Request(`http://localhost${path}`, { headers })),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

const built = {
  "index.html": "<!DOCTYPE html><title>Dark Tower</title>",
  "main.js": "start()",
  "chunk-4F2K7Q3A.js": "more()",
  "assets/logo.svg": "<svg/>",
  ".stamp": "hidden",
};

Deno.test("web page › one document for every address that people open, with its guards", async () => {
  await using web = await page(built);
  for (const path of ["/", "/m/some-code_1"]) {
    const answer = await web.get(path);
    assertEquals([answer.status, await answer.text()], [200, built["index.html"]]);
    const csp = answer.headers.get("content-security-policy") ?? "";
    assert(csp.includes("script-src 'self';"), csp);
    assert(csp.includes("connect-src 'self' ws: wss:;"), csp);
    assert(csp.includes("frame-ancestors 'none'"), csp);
    assert(!csp.includes("unsafe"), csp);
    assertEquals(answer.headers.get("referrer-policy"), "no-referrer");
    assertEquals(answer.headers.get("x-content-type-options"), "nosniff");
    assert(answer.headers.get("permissions-policy")?.includes("camera=(self)"));
    assertEquals(answer.headers.get("strict-transport-security"), "max-age=31536000");
    assertEquals(answer.headers.get("cache-control"), "no-cache");
  }
});

Deno.test("web page › at an address that isn't there a person gets the page, a program JSON", async () => {
  await using web = await page(built);
  const person = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const typo = await web.get("/typo", { ...person, "if-none-match": "*" });
  assertEquals([typo.status, await typo.text()], [404, built["index.html"]]);
  assert(typo.headers.get("content-security-policy")?.includes("script-src 'self';"));
  for (
    const [path, headers] of [["/typo", {}], ["/api/v1/typo", person], ["/typo", { accept: "*/*" }]] as const
  ) {
    const answer = await web.get(path, headers);
    assertEquals([answer.status, (await answer.json()).error.code], [404, "NOT_FOUND"]);
  }
});

Deno.test("web page › any page may load the SDK, and of all else none of another origin", async () => {
  await using web = await page({ ...built, "sdk.js": "export {}" });
  const policies = async (path: string) => {
    const { headers } = await web.get(path);
    return ["access-control-allow-origin", "cross-origin-resource-policy"].map((name) => headers.get(name));
  };
  assertEquals(await policies("/sdk.js"), ["*", "cross-origin"]);
  for (const path of ["/main.js", "/"]) assertEquals(await policies(path), [null, "same-origin"]);
});

Deno.test("web page › a browser that has a file isn't sent it again", async () => {
  await using web = await page(built);
  const first = await web.get("/main.js");
  assertEquals(await first.text(), "start()");
  const etag = first.headers.get("etag") ?? "";
  const again = await web.get("/main.js", { "if-none-match": etag });
  assertEquals([again.status, await again.text()], [304, ""]);
  const hashed = await web.get("/chunk-4F2K7Q3A.js");
  assertEquals(hashed.headers.get("cache-control"), "public, max-age=31536000, immutable");
  await hashed.body?.cancel();
});

Deno.test("web page › a file is sent as the build has compressed it, to who takes that", async () => {
  const files = { ...built, "main.js.br": "by brotli", "main.js.gz": "by gzip", "style.css": "body {}" };
  await using web = await page(files);
  const sent = async (path: string, headers: Record<string, string>) => {
    const answer = await web.get(path, headers);
    assertEquals(answer.headers.get("vary"), "accept-encoding");
    return [answer.headers.get("content-encoding"), answer.headers.get("content-type"), await answer.text()];
  };
  const script = "text/javascript; charset=UTF-8";
  const [brotli, gzip, plain] = [["br", script, "by brotli"], ["gzip", script, "by gzip"], [
    null,
    script,
    "start()",
  ]];
  const cases = [
    ["gzip, deflate, br, zstd", brotli],
    ["GZIP;q=1.0 , br ; q=0", gzip],
    ["*", brotli],
    ["*;q=0.5, br;q=0", gzip],
    ["identity", plain],
    ["br;q=none", plain],
    ["", plain],
  ] as const;
  for (const [accepted, expected] of cases) {
    assertEquals(await sent("/main.js", { "accept-encoding": accepted }), [...expected], accepted);
  }
  assertEquals(await sent("/main.js", {}), plain);
  const all = { "accept-encoding": "br, gzip" };
  assertEquals(await sent("/style.css", all), [null, "text/css; charset=UTF-8", "body {}"]);
  const part = await web.get("/main.js", { ...all, range: "bytes=0-4" });
  assertEquals([part.status, part.headers.get("content-encoding"), await part.text()], [206, null, "start"]);
  const whole = await web.get("/main.js", all);
  assertEquals([whole.headers.get("accept-ranges"), await whole.text()], [null, "by brotli"]);
  const again = await web.get("/main.js", { ...all, "if-none-match": whole.headers.get("etag") ?? "" });
  assertEquals([again.status, await again.text()], [304, ""]);
});

Deno.test("web page › nothing but the page's own files is served", async () => {
  await using web = await page(built);
  const logo = await web.get("/assets/logo.svg");
  assertEquals([logo.status, await logo.text()], [200, "<svg/>"]);
  const hidden = [
    "/.stamp",
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/nothing.js",
  ];
  for (const path of hidden) {
    const answer = await web.get(path);
    assertEquals(answer.status, 404, path);
    await answer.body?.cancel();
  }
});

Deno.test("web page › a page that was not built is said in words", async () => {
  await using web = await page({ "readme.txt": "" });
  const answer = await web.get("/");
  assertEquals([answer.status, answer.headers.get("retry-after")], [503, "10"]);
  assert((await answer.text()).includes("deno task web"));
});
