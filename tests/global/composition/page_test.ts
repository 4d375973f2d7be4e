import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";
import { client } from "../support/client.ts";
import { deployment } from "../support/deployment.ts";

Deno.test("page › what browsers and programs are given", async (t) => {
  const origin = "https://embedding.example";
  await using d = await deployment({ env: { DT_ALLOWED_ORIGINS: origin } });
  const { send } = client(d);

  await t.step("the contract is served, and names every route", async () => {
    const openapi = z.object({ openapi: z.literal("3.1.0"), paths: z.record(z.string(), z.unknown()) })
      .parse((await send("GET", "/openapi.json")).body);
    for (const path of ["/api/v1/meetings/{code}/join", "/api/v1/auth/user/token", "/api/v1/me"]) {
      assert(path in openapi.paths, path);
    }
    const signaling = z.object({ requests: z.record(z.string(), z.unknown()) })
      .parse((await send("GET", "/schemas/signaling.json")).body);
    assert("join" in signaling.requests);
  });

  await t.step("it is valid OpenAPI 3.1, and so is each schema in it", async () => {
    const document = z.record(z.string(), z.unknown()).parse((await send("GET", "/openapi.json")).body);
    const schemas = new Ajv2020({ strict: false });
    const seen = { refs: 0, schemas: 0 };
    JSON.stringify(document, (key, value) => {
      if (key === "$ref") {
        const path = String(value).replace(/^#\//, "").split("/");
        let target: unknown = document;
        for (const name of path) target = Object(target)[name];
        assert(target !== undefined, String(value));
        seen.refs++;
      }
      if (key !== "schema") return value;
      assert(schemas.validateSchema(value), schemas.errorsText());
      seen.schemas++;
      return value;
    });
    assert(seen.refs > 100 && seen.schemas > 100, JSON.stringify(seen));
    const { valid, errors } = await new Validator().validate(document);
    assert(valid, JSON.stringify(errors));
  });

  await t.step("the contract can be read at /docs, without a script", async () => {
    const page = await send("GET", "/docs");
    assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    const html = String(page.body);
    for (const id of ["createMeeting", "issueServiceToken", "listClients", "invite"]) {
      assert(html.includes(`<details id="${id}">`), id);
    }
    assert(!/<script|<style|<[^>]*\s(style|on\w+)=|\s(src|href)="(?!\/)/i.test(html));
    const policy = page.headers.get("content-security-policy") ?? "";
    assert(policy.includes("default-src 'none'") && policy.includes("style-src 'self'"), policy);
    assertEquals((await send("GET", "/docs.css")).headers.get("content-type"), "text/css; charset=utf-8");
  });

  await t.step("pages of named origins may ask, others may not", async () => {
    const preflight = (from: string) =>
      send("OPTIONS", "/api/v1/meetings", {
        headers: { origin: from, "access-control-request-method": "POST" },
      });
    const allowed = await preflight(origin);
    assertEquals([allowed.status, allowed.headers.get("access-control-allow-origin")], [204, origin]);
    const refused = await preflight("https://evil.example");
    assertEquals([refused.status, refused.headers.get("access-control-allow-origin")], [405, null]);
    const asked = await send("GET", "/api/v1/me", { headers: { origin } });
    assertEquals([asked.status, asked.headers.get("access-control-allow-origin")], [401, origin]);
  });

  await t.step("an unknown route is 404, a wrong method 405 with what is allowed", async () => {
    assertEquals((await send("GET", "/api/v1/nothing")).code, "NOT_FOUND");
    assertEquals((await send("POST", "/nothing/at/all")).status, 404);
    const wrong = await send("PUT", "/api/v1/meetings");
    assertEquals([wrong.status, wrong.headers.get("allow")], [405, "POST, GET, HEAD"]);
  });
});
