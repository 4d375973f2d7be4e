import * as z from "zod";
import { closeCodes } from "./close_codes.ts";
import { signalingErrorCode } from "./error_codes.ts";
import { notifications } from "./notifications.ts";
import { requests } from "./requests.ts";

type JsonSchema = ReturnType<typeof jsonSchema>;

function jsonSchema(schema: z.ZodType) {
  return z.toJSONSchema(schema, { io: "input" });
}

/** The document at `/schemas/signaling.json`. */
export interface SignalingJsonSchema {
  $schema: string;
  title: string;
  requests: Record<string, { data: JsonSchema; answer: JsonSchema }>;
  notifications: Record<string, JsonSchema>;
  error_codes: readonly string[];
  close_codes: Record<string, number>;
}

/** JSON Schema 2020-12 of every request, answer and notification. */
export function signalingJsonSchema(): SignalingJsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Dark Tower signaling, darktower.v1",
    requests: Object.fromEntries(
      Object.entries(requests).map((
        [type, { data, answer }],
      ) => [type, { data: jsonSchema(data), answer: jsonSchema(answer) }]),
    ),
    notifications: Object.fromEntries(
      Object.entries(notifications).map(([type, data]) => [type, jsonSchema(data)]),
    ),
    error_codes: signalingErrorCode.options,
    close_codes: { ...closeCodes },
  };
}
