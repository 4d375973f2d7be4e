import { posix } from "node:path";
import { findSpecifiers } from "./find_specifiers.ts";
import type { SourceFile } from "./source_file.ts";
import type { Violation } from "./violation.ts";
import { lineOf, type Node, unchained, visit } from "./visit.ts";

/** Methods that answer an iterator. */
const iterators: ReadonlySet<string> = new Set(["values", "keys", "entries", "matchAll"]);
/** Methods of an iterator: Chrome 122, Firefox 131, Safari 18.4. An array has most of them, too. */
const iteratorHelpers: ReadonlySet<string> = new Set(
  [
    "drop",
    "every",
    "filter",
    "find",
    "flatMap",
    "forEach",
    "map",
    "reduce",
    "some",
    "take",
    "toArray",
  ],
);
/** Methods that are too new, whatever they are called on. */
const methods: ReadonlySet<string> = new Set([
  // Of a set: Chrome 122, Firefox 127, Safari 17.
  "difference",
  "intersection",
  "isDisjointFrom",
  "isSubsetOf",
  "isSupersetOf",
  "symmetricDifference",
  // Of a Uint8Array: Chrome 140, Firefox 133, Safari 18.2.
  "setFromBase64",
  "setFromHex",
  "toBase64",
  "toHex",
  // Of a Map: Chrome 145, Firefox 144, Safari 26.2.
  "getOrInsert",
  "getOrInsertComputed",
]);
/** Functions that are too new. */
const functions: ReadonlySet<string> = new Set([
  "Array.fromAsync",
  "Error.isError",
  "Iterator.from",
  "Math.f16round",
  "Math.sumPrecise",
  "Promise.try",
  "RegExp.escape",
  "Uint8Array.fromBase64",
  "Uint8Array.fromHex",
  // No browser has it in a page that was opened over http.
  "crypto.randomUUID",
]);

/** The text of `a`, `a.b`, and of the last of longer ones; undefined for anything else. */
function nameOf(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  return node.property.type === "Identifier" ? node.property.name : undefined;
}

/** Whether a call answers an iterator: `map.values()`, but not `Object.values(map)`, which answers an array. */
function answersIterator(node: Node): boolean {
  if (node.type !== "CallExpression") return false;
  const callee = unchained(node.callee);
  if (callee.type !== "MemberExpression" || nameOf(callee.object) === "Object") return false;
  return iterators.has(nameOf(callee) ?? "");
}

/** What a member is of those that are too new; undefined when it is none of them. */
function newerThanPromised(node: Deno.lint.MemberExpression): string | undefined {
  const name = nameOf(node);
  if (name === undefined) return undefined;
  const owner = unchained(node.object);
  const whole = `${nameOf(owner) ?? ""}.${name}`;
  if (functions.has(whole)) return whole;
  if (methods.has(name)) return `.${name}`;
  // Zod has a `union` of its own.
  if (name === "union" && whole !== "z.union") return ".union";
  return iteratorHelpers.has(name) && answersIterator(owner) ? `.${name} of an iterator` : undefined;
}

/**
 * What the oldest browsers don't have that the page is promised for: Chrome 120, Firefox 125 and Safari 17.4. Types
 * don't tell, since they are those of Deno. A helper of an iterator is found where it is called on what answers one.
 */
export function checkBrowsers(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  visit(file, {
    MemberExpression(node) {
      const name = newerThanPromised(node);
      if (name === undefined) return;
      found.push({ path: file.path, text: `${file.path}:${lineOf(file, node)} uses ${name}` });
    },
  });
  return found;
}

/** The files that a page's script is made of: itself, and what it imports, also by way of others. */
export function filesOfPage(files: readonly SourceFile[], script: string): SourceFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = new Set<SourceFile>();
  const reach = (path: string) => {
    const file = byPath.get(path);
    if (file === undefined || reached.has(file)) return;
    reached.add(file);
    for (const { specifier } of findSpecifiers(file)) {
      if (specifier?.startsWith(".")) reach(posix.join(posix.dirname(path), specifier));
    }
  };
  reach(script);
  return [...reached];
}
