import type { z } from "zod";
import {
  controllerHeartbeat,
  controllerRegistration,
  emptyBody,
  endMeetingRequest,
  handlerHeartbeat,
  handlerRegistration,
  heartbeatAnswer,
  meetingToken,
  meetingTokenRequest,
  moderationAuditBody,
  registrationAnswer,
  removalRequest,
} from "../../shared/protocol/mod.ts";
import type { Operation } from "./operation.ts";

function operationsOf(
  path: string,
  what: string,
  registration: z.ZodType,
  heartbeat: z.ZodType,
): readonly Operation[] {
  return [
    {
      method: "post",
      path,
      summary: `Register a ${what}`,
      access: "service",
      body: registration,
      status: 201,
      answer: registrationAnswer,
    },
    {
      method: "put",
      path: `${path}/{id}/heartbeat`,
      summary: `A ${what} is alive, and this full`,
      access: "service",
      body: heartbeat,
      status: 200,
      answer: heartbeatAnswer,
    },
    { method: "delete", path: `${path}/{id}`, summary: `A ${what} is gone`, access: "service", status: 204 },
    {
      method: "post",
      path: `${path}/{id}/drain`,
      summary: `Give a ${what} nothing new`,
      access: "service",
      body: emptyBody,
      status: 200,
      answer: heartbeatAnswer,
    },
  ];
}

/** What meeting controllers and media handlers ask. */
export const internalOperations: readonly Operation[] = [
  ...operationsOf(
    "/api/v1/internal/meeting-controllers",
    "meeting controller",
    controllerRegistration,
    controllerHeartbeat,
  ),
  ...operationsOf("/api/v1/internal/media-handlers", "media handler", handlerRegistration, handlerHeartbeat),
  {
    method: "post",
    path: "/api/v1/internal/meetings/{meeting_id}/tokens",
    summary: "A fresh meeting token for somebody who is in the meeting",
    access: "service",
    body: meetingTokenRequest,
    status: 200,
    answer: meetingToken,
  },
  {
    method: "post",
    path: "/api/v1/internal/meetings/{meeting_id}/end",
    summary: "A host has ended the meeting",
    access: "service",
    body: endMeetingRequest,
    status: 204,
  },
  {
    method: "post",
    path: "/api/v1/internal/meetings/{meeting_id}/removals",
    summary: "A host has removed somebody from the meeting",
    access: "service",
    body: removalRequest,
    status: 204,
  },
  {
    method: "post",
    path: "/api/v1/internal/meetings/{meeting_id}/audit",
    summary: "What its hosts did in the meeting, for the audit trail",
    access: "service",
    body: moderationAuditBody,
    status: 204,
  },
];
