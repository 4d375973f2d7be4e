import { assert, assertEquals } from "@std/assert";
import { authRoutes } from "../../../auth/composition/auth_routes.ts";
import { openStores } from "../../../auth/composition/open_stores.ts";
import { startServices as startAuthServices } from "../../../auth/composition/start_services.ts";
import { AUTH_ERRORS } from "../../../auth/errors/errors.ts";
import { definition } from "../../../auth/settings.ts";
import { globalRoutes } from "../../../global/composition/global_routes.ts";
import { startServices } from "../../../global/composition/start_services.ts";
import { GLOBAL_ERRORS } from "../../../global/errors/errors.ts";
import { docsPage } from "../../../global/openapi/docs_page.ts";
import { openapiDocument, OPERATIONS } from "../../../global/openapi/openapi_document.ts";
import { refusalsOf } from "../../../global/openapi/refusals.ts";
import { globalSettings } from "../../../global/settings.ts";
import { createScope } from "../../../shared/actor/mod.ts";
import { load } from "../../../shared/config/mod.ts";
import { COMMON_ERRORS } from "../../../shared/http/common_errors.ts";
import type { Route } from "../../../shared/http/mod.ts";
import { auditTypes, oauthErrorCode } from "../../../shared/protocol/mod.ts";
import { MASTER_KEY } from "../../auth/start_auth.ts";

/** What somebody outside may call: `POST /a/{b}` each. */
function named(routes: readonly Route[]): string[] {
  return routes.flatMap(({ method, path }) => {
    const isApi = /^\/(api|\.well-known)\//.test(path) && !path.endsWith("*");
    const methods = typeof method === "string" ? [method] : method;
    return isApi ? methods.map((method) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`) : [];
  });
}

const documented = (isOurs: (path: string) => boolean) =>
  OPERATIONS.filter(({ path }) => isOurs(path)).map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    .toSorted();

const isOfAuth = (path: string) => /^\/(api\/v1\/(auth|admin)|\.well-known)\//.test(path);

function valuesOf<T>(loaded: { ok: true; value: T } | { ok: false; message: string }): T {
  if (!loaded.ok) throw new Error(loaded.message);
  return loaded.value;
}

const variables = (all: Record<string, string>) => ({ env: (name: string) => all[name], readFile: () => "" });

function lifeOf(stack: AsyncDisposableStack) {
  const fail = (error: unknown) => {
    throw error;
  };
  return { stack, stopping: new AbortController().signal, fail };
}

Deno.test("openapi › the document has exactly the routes that the Global Controller answers", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using stack = new AsyncDisposableStack();
    const env = { DT_DATA_DIR: folder, DT_LIVE_STORE: `${folder}/live.db`, DT_CLIENT_SECRET: "none" };
    const services = await startServices(valuesOf(load(globalSettings, variables(env))), lifeOf(stack));
    assertEquals(named(globalRoutes(services)).toSorted(), documented((path) => !isOfAuth(path)));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openapi › and all that the Auth Controller answers by way of it", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using stack = new AsyncDisposableStack();
    const settings = valuesOf(
      load(definition, variables({ DT_DATA_DIR: folder, DT_MASTER_KEY: MASTER_KEY })),
    );
    const stores = await openStores(settings, stack, Date.now);
    const scope = createScope();
    stack.defer(() => scope.close());
    const services = await startAuthServices(settings, scope, stores, { now: Date.now, workers: false });
    // The gateway keeps AC's internal routes inside.
    const outside = named(authRoutes(services)).filter((route) => !route.includes("/internal/"));
    assertEquals(outside.toSorted(), documented(isOfAuth));
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openapi › every operation has an id of its own, and refusals that there are", () => {
  const ids = OPERATIONS.map(({ id }) => id);
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id)), []);
  const known = new Map<string, number>();
  for (const table of [COMMON_ERRORS, GLOBAL_ERRORS, AUTH_ERRORS]) {
    for (const [code, [status]] of Object.entries(table)) known.set(code, status);
  }
  for (const operation of OPERATIONS) {
    // RFC 6749 has names of its own.
    if (operation.errorForm === "oauth") continue;
    for (const [status, codes] of refusalsOf(operation)) {
      for (const code of codes) assertEquals(known.get(code), status, `${operation.id}: ${code}`);
    }
  }
});

Deno.test("openapi › the document lists who may, what goes in, what comes out, and every refusal", () => {
  const { paths, components } = openapiDocument("https://meet.example.org");
  const created = Object(paths["/api/v1/meetings"]).post;
  assertEquals([created.operationId, created.security], ["createMeeting", [{ user: [] }]]);
  assertEquals(Object.keys(created.responses), [
    "201",
    "400",
    "401",
    "408",
    "413",
    "415",
    "429",
    "500",
    "503",
  ]);
  const token = Object(paths["/api/v1/auth/service/token"]).post;
  assertEquals(Object.keys(token.requestBody.content), ["application/x-www-form-urlencoded"]);
  const answers: [string, Record<string, unknown>][] = Object.entries(token.responses);
  for (const [status, { description, content }] of answers.filter(([status]) => status !== "200")) {
    assertEquals(Object(content)["application/json"].schema.$ref, "#/components/schemas/OAuthError", status);
    for (const code of String(description).split(", ")) assert(oauthErrorCode.safeParse(code).success, code);
  }
  assertEquals(answers.map(([status]) => status), ["200", "400", "401", "408", "413", "429", "500", "503"]);
  assertEquals([token.security, components.securitySchemes.client.scheme], [[{ client: [] }], "basic"]);
  const bodies = Object.values(paths).flatMap(Object.values).filter(({ requestBody }) =>
    requestBody?.required === false
  );
  assertEquals(bodies.map(({ operationId }) => operationId), [
    "joinMeeting",
    "renewTicket",
    "reportUnreachable",
    "rotateClientSecret",
    "drainController",
    "drainHandler",
  ]);
  const invited = Object(paths["/api/v1/admin/invitations"]).post;
  assert("link" in invited.responses[201].content["application/json"].schema.properties);
  assert(!("default" in invited.responses));
  for (const path of ["users", "invitations"]) {
    const { parameters, responses } = Object(paths[`/api/v1/admin/${path}`]).get;
    const names = parameters.map(({ name }: { readonly name: string }) => name);
    assertEquals(names, ["cursor", "limit", "organization"]);
    assertEquals(responses[404].description, "ORGANIZATION_NOT_FOUND");
  }
  // Whoever is signed in gets a token, for which there may be no key at the moment.
  for (const path of ["register", "user/token", "user/refresh"]) {
    const { responses } = Object(paths[`/api/v1/auth/${path}`]).post;
    assertEquals(responses[503].description, "UNAVAILABLE, OVERLOADED", path);
  }
  const keys = Object(paths["/.well-known/jwks.json"]).get;
  assertEquals(Object.keys(keys.responses[200].content), ["application/jwk-set+json"]);
});

Deno.test("openapi › the document says of roles, scopes and the audit trail's query what is refused", () => {
  const { paths } = openapiDocument("https://meet.example.org");
  const operation = (path: string, method: string) => Object(Object(paths)[`/api/v1/${path}`])[method];
  const fieldsOf = (path: string, method: string, type = "application/json") =>
    operation(path, method).requestBody.content[type].schema.properties;

  const query = new Map<string, Record<string, unknown>>(
    operation("admin/audit", "get").parameters.map((one: { name: string; schema: unknown }) => [
      one.name,
      one.schema,
    ]),
  );
  assertEquals(query.get("type")?.["enum"], [...auditTypes]);
  assert(!new RegExp(String(query.get("cursor")?.["pattern"])).test("yesterday"));
  for (const name of ["from", "to"]) {
    const formats = Object(query.get(name)).anyOf.map(({ format }: { format: string }) => format);
    assertEquals(formats, ["date", "date-time"], name);
  }

  for (const [path, method] of [["users", "post"], ["users/{user_id}", "patch"], ["invitations", "post"]]) {
    const { roles } = fieldsOf(`admin/${path}`, `${method}`);
    assertEquals([roles.uniqueItems, roles.contains], [true, { const: "member" }], path);
  }

  const form = "application/x-www-form-urlencoded";
  for (
    const { scope } of [
      fieldsOf("admin/clients", "post"),
      fieldsOf("admin/clients/{client_id}", "patch"),
      fieldsOf("auth/service/token", "post", form),
    ]
  ) {
    const pattern = new RegExp(scope.pattern, "u");
    for (const text of ["service.link.mh", "service.link.mh admin.do-it.ac"]) {
      assert(pattern.test(text), text);
    }
    for (const text of ["", "service.link", "service.link.xx", "service.link.mh  admin.do-it.ac", "A.b.mh"]) {
      assert(!pattern.test(text), text);
    }
  }
});

Deno.test("openapi › answers may have more fields than they are described with, requests may not", () => {
  const { paths, components } = openapiDocument("https://meet.example.org");
  const isClosed = (schema: unknown) => JSON.stringify(schema).includes('"additionalProperties":false');
  assertEquals(isClosed(components.schemas), false);
  const operations = Object.values(paths).flatMap(Object.values);
  assertEquals(operations.filter(({ responses }) => isClosed(responses)), []);
  const open = operations.filter(({ requestBody }) => requestBody !== undefined && !isClosed(requestBody));
  assertEquals(open.map(({ operationId }) => operationId), ["issueServiceToken"]);
  const [, answers = ""] = docsPage(OPERATIONS).split("<h2>Answer</h2>", 2);
  assertEquals(answers.split("</pre>")[0]?.includes("additionalProperties"), false);
});
