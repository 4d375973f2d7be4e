import type { SourceFile } from "./source_file.ts";

/** Parses a file and calls the visitor for its nodes, parents first. Works in `deno test` alone. */
export function visit(file: SourceFile, visitor: Deno.lint.LintVisitor): void {
  const plugin: Deno.lint.Plugin = { name: "house", rules: { walk: { create: () => visitor } } };
  Deno.lint.runPlugin(plugin, file.path, file.text);
}

/** The line that a position in the file is on, counted from 1. */
export function lineOf(file: SourceFile, node: { range: Deno.lint.Range }): number {
  return file.text.slice(0, node.range[0]).split("\n").length;
}

/** Any node; the type that Deno gives leaves one out. */
export type Node = Deno.lint.Node | Deno.lint.TSParameterProperty;

/** What a node is in; nothing is around the program itself. */
export function parentOf(node: Node): Node | undefined {
  return "parent" in node ? node.parent : undefined;
}

/** What an optional chain (`a?.b`) stands around; any other node as it is. */
export function unchained(node: Node): Node {
  return node.type === "ChainExpression" ? node.expression : node;
}
