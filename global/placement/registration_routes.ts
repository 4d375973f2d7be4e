import type { Failure } from "../../shared/actor/mod.ts";
import { authenticateService } from "../../shared/auth/mod.ts";
import {
  type Context,
  jsonResponse,
  readJson,
  readOptionalJson,
  readQuery,
  type Route,
  validate,
} from "../../shared/http/mod.ts";
import {
  controllerHeartbeat,
  controllerRegistration,
  emptyBody,
  goodbyeQuery,
  handlerHeartbeat,
  handlerRegistration,
  id,
} from "../../shared/protocol/mod.ts";
import { refuse } from "../errors/errors.ts";
import { unavailable } from "../errors/unavailable.ts";
import type { PlacementServices } from "./placement_services.ts";

/** One of the two kinds of process that register, report and say goodbye. */
const KINDS = {
  controller: {
    path: "/api/v1/internal/meeting-controllers",
    scope: "service.register-controller.gc",
  },
  handler: {
    path: "/api/v1/internal/media-handlers",
    scope: "service.register-handler.gc",
  },
} as const;

type Kind = keyof typeof KINDS;

/** Registration of meeting controllers and media handlers; an id belongs to the client that registered it. */
export function registrationRoutes(services: PlacementServices): Route[] {
  return [...routesOf(services, "controller"), ...routesOf(services, "handler")];
}

function routesOf(services: PlacementServices, kind: Kind): Route[] {
  const { path } = KINDS[kind];
  return [
    { method: "POST", path, handler: (context) => register(services, kind, context) },
    {
      method: "PUT",
      path: `${path}/:id/heartbeat`,
      handler: (context) => heartbeat(services, kind, context),
    },
    { method: "DELETE", path: `${path}/:id`, handler: (context) => unregister(services, kind, context) },
    { method: "POST", path: `${path}/:id/drain`, handler: (context) => drain(services, kind, context) },
  ];
}

async function register(services: PlacementServices, kind: Kind, context: Context): Promise<Response> {
  const owner = await ownerOf(services, kind, context);
  const outcome = kind === "controller"
    ? await services.registry.ask("registerController", {
      owner,
      registration: await readJson(context, controllerRegistration),
    })
    : await services.registry.ask("registerHandler", {
      owner,
      registration: await readJson(context, handlerRegistration),
    });
  if (!outcome.ok) throw refusal(outcome.error);
  return jsonResponse(201, outcome.value);
}

async function heartbeat(services: PlacementServices, kind: Kind, context: Context): Promise<Response> {
  const owner = await ownerOf(services, kind, context);
  const { instance_id, state, load } = kind === "controller"
    ? await readJson(context, controllerHeartbeat)
    : await readJson(context, handlerHeartbeat);
  const outcome = await services.registry.ask("heartbeat", {
    kind,
    id: idOf(context),
    owner,
    instance_id,
    state,
    used: load,
  });
  if (!outcome.ok) throw refusal(outcome.error);
  const known = await services.keys.ask("keyIds", { issuer: services.settings.issuer });
  const keyIds = known.ok && known.value.length > 0 ? { key_ids: known.value } : {};
  return jsonResponse(200, { ...outcome.value, ...keyIds });
}

async function unregister(services: PlacementServices, kind: Kind, context: Context): Promise<Response> {
  const owner = await ownerOf(services, kind, context);
  const { instance_id } = readQuery(context, goodbyeQuery);
  const outcome = await services.registry.ask("unregister", { kind, id: idOf(context), owner, instance_id });
  if (!outcome.ok) throw refusal(outcome.error);
  return new Response(null, { status: 204 });
}

async function drain(services: PlacementServices, kind: Kind, context: Context): Promise<Response> {
  const owner = await ownerOf(services, kind, context);
  await readOptionalJson(context, emptyBody);
  const outcome = await services.registry.ask("drain", { kind, id: idOf(context), owner });
  if (!outcome.ok) throw refusal(outcome.error);
  return jsonResponse(200, { state: "draining" });
}

async function ownerOf({ verifier }: PlacementServices, kind: Kind, context: Context): Promise<string> {
  return (await authenticateService(verifier, context, KINDS[kind].scope)).sub;
}

function idOf({ params }: Context): string {
  return validate(params.id, id);
}

function refusal(error: Failure) {
  if (error.code === "owned_by_another") return refuse("NOT_OWNER", { cause: error });
  if (error.code === "replaced") return refuse("INSTANCE_REPLACED", { cause: error });
  return error.code === "unknown" ? refuse("NOT_REGISTERED", { cause: error }) : unavailable(error);
}
