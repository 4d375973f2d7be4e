import type { z } from "zod";
import { answerSchema, requestSchema } from "./json_schemas.ts";
import type { Access, Operation } from "./operation.ts";
import { refusalsOf } from "./refusals.ts";

const WHO: Readonly<Record<Access, string>> = {
  anyone: "anyone",
  user: "a user's token",
  user_or_anyone: "a user's token, or none",
  admin: "an admin's or operator's token",
  operator: "an operator's token",
  session: "the session cookie",
  client: "a client's id and secret (HTTP Basic)",
  service: "a service's token",
  meeting: "a meeting token",
};

/** Operations as a page to read. It has no script, and its style is a file of this origin. */
export function docsPage(operations: readonly Operation[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dark Tower: REST</title>
<link rel="stylesheet" href="/docs.css">
<h1>Dark Tower: REST</h1>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Signaling:
<a href="/schemas/signaling.json">/schemas/signaling.json</a> (JSON Schema).</p>
${operations.map(section).join("\n")}
</html>
`;
}

function section(operation: Operation): string {
  const { id, method, path, summary, access, query, body, status, answer } = operation;
  const refusals = refusalsOf(operation).map(([status, codes]) => `${status} ${codes.join(", ")}`);
  return `<details id="${escaped(id)}">
<summary><code class="${method}">${method.toUpperCase()}</code> <code>${escaped(path)}</code>
${escaped(summary)}</summary>
<p>Needs ${escaped(WHO[access])}. Answers ${status}; refused: ${escaped(refusals.join("; "))}.</p>
${schema("Query", query, requestSchema)}${schema("Body", body, requestSchema)}${
    schema("Answer", answer, answerSchema)
  }
</details>`;
}

function schema(
  title: string,
  described: z.ZodType | undefined,
  toJson: typeof requestSchema | typeof answerSchema,
): string {
  if (described === undefined) return "";
  const { $schema: _, ...json } = toJson(described);
  return `<h2>${title}</h2>\n<pre>${escaped(JSON.stringify(json, undefined, 2))}</pre>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Its style. */
export const DOCS_STYLE = `:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
details { border-bottom: 1px solid #8884; padding: 0.5rem 0; }
summary { cursor: pointer; }
h2 { font-size: 1rem; }
pre { overflow: auto; max-height: 30rem; background: #8882; padding: 0.75rem; border-radius: 0.5rem; }
code { font-weight: 600; }
`;
