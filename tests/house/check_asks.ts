import type { SourceFile } from "./source_file.ts";
import type { Violation } from "./violation.ts";
import { lineOf, type Node, parentOf, unchained, visit } from "./visit.ts";

/** Methods of an actor's context whose callbacks run on nobody's behalf. */
const ownTurns: ReadonlySet<string> = new Set(["after", "every", "pipe", "watch", "cleanup"]);
/** Public methods of an actor that are no handlers. */
const ownMethods: ReadonlySet<string> = new Set(["constructor", "onStart", "onStop"]);

/** The last name of `a`, `a.b` or `a.#b`. */
function lastName(node: Node): string | undefined {
  if (node.type === "MemberExpression") return lastName(node.property);
  if (node.type === "ChainExpression") return lastName(node.expression);
  return node.type === "Identifier" || node.type === "PrivateIdentifier" ? node.name : undefined;
}

function isActor(node: Node): boolean {
  return node.type === "ClassBody" &&
    node.body.some((member) =>
      member.type === "PropertyDefinition" && member.static && lastName(member.key) === "protocol"
    );
}

/** Whether the node is in a handler of an actor, and runs on behalf of its message. */
function isInHandler(node: Node): boolean {
  for (
    let inner = node, outer = parentOf(node);
    outer !== undefined;
    inner = outer, outer = parentOf(outer)
  ) {
    if (
      outer.type === "CallExpression" && outer.callee !== inner && outer.callee.type === "MemberExpression"
    ) {
      if (ownTurns.has(lastName(outer.callee) ?? "")) return false;
    }
    if (outer.type === "MethodDefinition") {
      const isPublic = outer.key.type === "Identifier" && !outer.static && !ownMethods.has(outer.key.name);
      const body = parentOf(outer);
      return isPublic && body !== undefined && isActor(body);
    }
  }
  return false;
}

function hasActor(file: SourceFile): boolean {
  let found = false;
  visit(file, { ClassBody: (node) => void (found ||= isActor(node)) });
  return found;
}

/**
 * Asks in an actor's file that lose the chain of askers, by which a circle of asks is refused instead of waiting for
 * its deadline (rule A6), and the caller's deadline and trace with it. `message.ask(ref, …)` hands all of them on;
 * `ref.ask("name", …)` hands on nothing, and `context.ask` begins anew, as timers, `onStart`, `onStop` and pipes may.
 */
export function checkAsks(file: SourceFile): Violation[] {
  if (!hasActor(file)) return [];
  const found: Violation[] = [];
  visit(file, {
    CallExpression(node) {
      const callee = unchained(node.callee);
      const [first] = node.arguments;
      if (callee.type !== "MemberExpression" || lastName(callee) !== "ask") return;
      const asker = lastName(callee.object) ?? "ref";
      const report = (text: string) =>
        void found.push({ path: file.path, text: `${file.path}:${lineOf(file, node)} ${text}` });
      if (first?.type === "Literal" && typeof first.value === "string") {
        report(`asks by ${asker}.ask("${first.value}"): message.ask, or context.ask on nobody's behalf`);
      } else if (/context$/i.test(asker) && isInHandler(node)) {
        report("asks by context.ask in a handler: message.ask hands on the chain");
      }
    },
  });
  return found;
}
