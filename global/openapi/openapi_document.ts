import { z } from "zod";
import { sessionCookieName } from "../../shared/auth/mod.ts";
import { errorBody } from "../../shared/protocol/mod.ts";
import { authOperations } from "./auth_operations.ts";
import { internalOperations } from "./internal_operations.ts";
import { meetingOperations } from "./meeting_operations.ts";
import type { Access, Operation } from "./operation.ts";

const SECURITY: Readonly<Record<Access, readonly Readonly<Record<string, readonly string[]>>[]>> = {
  anyone: [],
  user: [{ user: [] }],
  user_or_anyone: [{ user: [] }, {}],
  session: [{ session: [] }],
  service: [{ service: [] }],
  meeting: [{ meeting: [] }],
};

/** REST as OpenAPI 3.1, made from the schemas that validate. */
export function openapiDocument(publicUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of [...meetingOperations, ...authOperations, ...internalOperations]) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Dark Tower", version: "1", description: "Signaling is at /schemas/signaling.json." },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { Error: z.toJSONSchema(errorBody, { io: "output" }) },
      securitySchemes: {
        user: { type: "http", scheme: "bearer", description: "A user's access token" },
        meeting: { type: "http", scheme: "bearer", description: "A meeting token" },
        service: { type: "http", scheme: "bearer", description: "A service's access token" },
        session: {
          type: "apiKey",
          in: "cookie",
          name: sessionCookieName(publicUrl),
          description: "The session cookie",
        },
      },
    },
  };
}

function describe({ path, summary, access, query, body, status, answer }: Operation) {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: "query",
    required: false,
    schema: z.toJSONSchema(schema, { io: "input" }),
  }));
  return {
    summary,
    security: SECURITY[access],
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body, "input") } }),
    responses: {
      [status]: { description: "Done", ...(answer === undefined ? {} : { content: json(answer, "output") }) },
      default: {
        description: "Refused",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    },
  };
}

function json(schema: z.ZodType, io: "input" | "output") {
  return { "application/json": { schema: z.toJSONSchema(schema, { io }) } };
}
