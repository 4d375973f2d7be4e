import { z } from "zod";
import { closeCodes } from "./close_codes.ts";
import { signalingErrorCode } from "./error_codes.ts";
import { notifications } from "./notifications.ts";
import { requests } from "./requests.ts";

function each<Entry>(table: Record<string, Entry>, make: (entry: Entry) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).map(([type, entry]) => [type, make(entry)]));
}

/** What `/schemas/signaling.json` serves: JSON Schema 2020-12 of every request, answer and notification. */
export function signalingJsonSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Dark Tower signaling, darktower.v1",
    requests: each(requests, ({ data, answer }) => ({
      data: z.toJSONSchema(data, { io: "input" }),
      answer: z.toJSONSchema(answer, { io: "input" }),
    })),
    notifications: each(notifications, (data) => z.toJSONSchema(data, { io: "input" })),
    error_codes: signalingErrorCode.options,
    close_codes: closeCodes,
  };
}
