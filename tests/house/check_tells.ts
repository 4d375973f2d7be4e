import type { SourceFile } from "./source_file.ts";
import type { Violation } from "./violation.ts";
import { lineOf, type Node, parentOf, unchained, visit } from "./visit.ts";

/** Functions that do something with what a callback answers. */
const users: ReadonlySet<string> = new Set(
  ["map", "flatMap", "filter", "find", "findIndex", "some", "reduce", "then", "from", "fromAsync"],
);

function nameOf(callee: Node): string | undefined {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.computed) return undefined;
  return callee.property.type === "Identifier" ? callee.property.name : undefined;
}

/** Whether an arrow function is handed to one that throws its answer away. */
function isIgnoringCallback(arrow: Node): boolean {
  const parent = parentOf(arrow);
  if (parent?.type !== "CallExpression" || parent.callee === arrow) return false;
  const name = nameOf(unchained(parent.callee));
  return name === undefined || !users.has(name);
}

/** Whether nobody looks at the value of an expression. */
function isThrownAway(node: Node): boolean {
  const parent = parentOf(node);
  switch (parent?.type) {
    case "ExpressionStatement":
      return true;
    case "UnaryExpression":
      return parent.operator === "void";
    case "ArrowFunctionExpression":
      return parent.body === node && isIgnoringCallback(parent);
    case "ChainExpression":
    case "AwaitExpression":
      return isThrownAway(parent);
    case "LogicalExpression":
      return parent.right === node && isThrownAway(parent);
    case "ConditionalExpression":
      return parent.test !== node && isThrownAway(parent);
    default:
      return false;
  }
}

/**
 * Tells and offers whose outcome nobody looks at: `ref.tell("name", …)` answers "accepted", "overloaded" or "stopped",
 * and whoever doesn't look has lost the message without knowing. Whether it is a reference is told by the text that
 * names the message.
 */
export function checkTells(file: SourceFile): Violation[] {
  const found: Violation[] = [];
  visit(file, {
    CallExpression(node) {
      const callee = unchained(node.callee);
      const name = callee.type === "MemberExpression" ? nameOf(callee) : undefined;
      const [first] = node.arguments;
      if (name !== "tell" && name !== "offer") return;
      if (first?.type !== "Literal" || typeof first.value !== "string" || !isThrownAway(node)) return;
      found.push({
        path: file.path,
        text: `${file.path}:${lineOf(file, node)} doesn't look at what became of ${name}("${first.value}")`,
      });
    },
  });
  return found;
}
