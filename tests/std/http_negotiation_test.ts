import { accepts, acceptsEncodings } from "@std/http/negotiation";
import { assertEquals } from "@std/assert";

const request = (headers: Record<string, string> = {}) => new Request("https://example.com/", { headers });
const browser = request({
  accept: "text/html, application/xhtml+xml, application/xml;q=0.9, image/webp, */*;q=0.8",
});

Deno.test("accepts › lists what the request accepts, the best first", () => {
  const all = ["text/html", "application/xhtml+xml", "image/webp", "application/xml", "*/*"];
  assertEquals(accepts(browser), all);
  assertEquals(accepts(request()), ["*/*"]);
  assertEquals(accepts(request({ accept: "text/html;q=0, text/plain" })), ["text/plain"]);
});

Deno.test("accepts › chooses the best of those offered", () => {
  assertEquals(accepts(browser, "text/html", "image/webp"), "text/html");
  assertEquals(accepts(browser, "application/xml", "application/json"), "application/xml");
  assertEquals(accepts(request({ accept: "text/html" }), "application/json"), undefined);
  assertEquals(accepts(request(), "text/html", "image/webp"), "text/html");
});

Deno.test("accepts › the closest fit decides about a type", () => {
  const closest = request({ accept: "text/*;q=0.3, text/html;q=0.7, text/html;level=1, */*;q=0.5" });
  assertEquals(accepts(closest, "text/plain", "text/html"), "text/html");
  assertEquals(accepts(closest, "text/html", "text/html;level=1"), "text/html;level=1");
  assertEquals(accepts(closest, "text/plain", "image/png"), "image/png");
  assertEquals(accepts(request({ accept: "*/*, text/html;q=0" }), "text/html"), undefined);
});

Deno.test("acceptsEncodings › lists the codings, with identity unless it is named", () => {
  const header = { "accept-encoding": "deflate, gzip;q=1.0, *;q=0.5" };
  assertEquals(acceptsEncodings(request(header)), ["deflate", "gzip", "*"]);
  assertEquals(acceptsEncodings(request({ "accept-encoding": "gzip" })), ["gzip", "identity"]);
  assertEquals(acceptsEncodings(request()), ["*"]);
});

Deno.test("acceptsEncodings › chooses the best of those offered", () => {
  const header = { "accept-encoding": "deflate, gzip;q=1.0, *;q=0.5" };
  assertEquals(acceptsEncodings(request(header), "gzip", "identity"), "gzip");
  assertEquals(acceptsEncodings(request({ "accept-encoding": "deflate, gzip" }), "brotli"), undefined);
  assertEquals(acceptsEncodings(request({ "accept-encoding": "br" }), "gzip", "identity"), "identity");
  assertEquals(acceptsEncodings(request({ "accept-encoding": "identity;q=0" }), "identity"), undefined);
  assertEquals(acceptsEncodings(request({ "accept-encoding": "GZIP" }), "gzip"), "gzip");
  assertEquals(acceptsEncodings(request(), "gzip", "identity"), "gzip");
});
