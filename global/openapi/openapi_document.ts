import { sessionCookieName } from "../../shared/auth/mod.ts";
import { errorBody, oauthErrorBody } from "../../shared/protocol/mod.ts";
import { administrationOperations } from "./administration_operations.ts";
import { authOperations } from "./auth_operations.ts";
import { internalOperations } from "./internal_operations.ts";
import { answerSchema, requestSchema } from "./json_schemas.ts";
import { meetingOperations } from "./meeting_operations.ts";
import type { Access, Operation } from "./operation.ts";
import { refusalsOf } from "./refusals.ts";

const SECURITY: Readonly<Record<Access, readonly Readonly<Record<string, readonly string[]>>[]>> = {
  anyone: [],
  user: [{ user: [] }],
  user_or_anyone: [{ user: [] }, {}],
  admin: [{ user: [] }],
  operator: [{ user: [] }],
  client: [{ client: [] }],
  session: [{ session: [] }],
  service: [{ service: [] }],
  meeting: [{ meeting: [] }],
};

const ERROR = { $ref: "#/components/schemas/Error" };
const OAUTH_ERROR = { $ref: "#/components/schemas/OAuthError" };

/** Every operation that this service answers, by itself or from the Auth Controller. */
export const OPERATIONS: readonly Operation[] = [
  ...meetingOperations,
  ...authOperations,
  ...administrationOperations,
  ...internalOperations,
];

/** REST as OpenAPI 3.1, made from the schemas that validate. */
export function openapiDocument(publicUrl: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Dark Tower", version: "1", description: "Signaling is at /schemas/signaling.json." },
    servers: [{ url: publicUrl }],
    paths,
    components: {
      schemas: { Error: answerSchema(errorBody), OAuthError: answerSchema(oauthErrorBody) },
      securitySchemes: {
        user: { type: "http", scheme: "bearer", description: "A user's access token" },
        meeting: { type: "http", scheme: "bearer", description: "A meeting token" },
        service: { type: "http", scheme: "bearer", description: "A service's access token" },
        client: { type: "http", scheme: "basic", description: "A service's client id and secret" },
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

function describe(operation: Operation) {
  const { id, path, summary, access, query, status, answer, answerType = "application/json" } = operation;
  const { body, bodyType = "application/json", isBodyOptional, errorForm } = operation;
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
    schema: requestSchema(schema),
  }));
  const refusals = refusalsOf(operation).map(([status, codes]) => [
    status,
    {
      description: codes.join(", "),
      content: { "application/json": { schema: errorForm === "oauth" ? OAUTH_ERROR : ERROR } },
    },
  ]);
  return {
    operationId: id,
    summary,
    security: SECURITY[access],
    parameters: [...inPath, ...inQuery],
    ...(body === undefined ? {} : {
      requestBody: {
        required: isBodyOptional !== true,
        content: { [bodyType]: { schema: requestSchema(body) } },
      },
    }),
    responses: {
      [status]: {
        description: "Done",
        ...(answer === undefined ? {} : { content: { [answerType]: { schema: answerSchema(answer) } } }),
      },
      ...Object.fromEntries(refusals),
    },
  };
}
