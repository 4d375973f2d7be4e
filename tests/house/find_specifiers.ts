import type { SourceFile } from "./source_file.ts";
import { lineOf, visit } from "./visit.ts";

/** A place where a file names another module; `specifier` is undefined when it is computed. */
export interface Reference {
  readonly specifier: string | undefined;
  readonly line: number;
  /** Whether it is a module's address alone, which imports nothing by itself. */
  readonly isAddress: boolean;
}

function textOf(node: Deno.lint.Node | undefined): string | undefined {
  if (node?.type === "Literal" && typeof node.value === "string") return node.value;
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) return node.quasis[0]?.cooked;
  return undefined;
}

const isImportMeta = (node: Deno.lint.Node | undefined, property: string) =>
  node?.type === "MemberExpression" && node.object.type === "MetaProperty" &&
  node.property.type === "Identifier" && node.property.name === property;

/**
 * Every module that a file refers to: by import, by export from, by a dynamic import, by a type's import, by
 * `new URL(…, import.meta.url)`, by `import.meta.resolve` and by `new Worker("…")`.
 */
export function findSpecifiers(file: SourceFile): Reference[] {
  const found: Reference[] = [];
  const add = (node: Deno.lint.Node, source: Deno.lint.Node | undefined, isAddress = false) =>
    found.push({ specifier: textOf(source), line: lineOf(file, node), isAddress });
  visit(file, {
    ImportDeclaration: (node) => add(node, node.source),
    ExportAllDeclaration: (node) => add(node, node.source),
    ExportNamedDeclaration(node) {
      if (node.source) add(node, node.source);
    },
    ImportExpression: (node) => add(node, node.source),
    TSImportType: (node) =>
      add(node, node.argument.type === "TSLiteralType" ? node.argument.literal : undefined),
    CallExpression(node) {
      if (isImportMeta(node.callee, "resolve")) add(node, node.arguments[0], true);
    },
    NewExpression(node) {
      if (node.callee.type !== "Identifier") return;
      const [first, base] = node.arguments;
      if (node.callee.name === "URL" && isImportMeta(base, "url")) add(node, first, true);
      else if (node.callee.name === "Worker" && textOf(first) !== undefined) add(node, first, true);
    },
  });
  return found;
}
