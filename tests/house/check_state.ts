import { isDeclaredInside, rootOf } from "./scopes.ts";
import type { SourceFile } from "./source_file.ts";
import { lineOf, type Node, parentOf, visit } from "./visit.ts";

/** Methods that change the map, set or array that they are called on. */
const mutators: ReadonlySet<string> = new Set(
  ["set", "add", "delete", "clear", "push", "pop", "shift", "unshift", "splice", "sort", "reverse", "fill"],
);
const containers: ReadonlySet<string> = new Set(["Map", "Set", "WeakMap", "WeakSet", "Array"]);
const changers: ReadonlySet<string> = new Set([
  "assign",
  "defineProperty",
  "defineProperties",
  "setPrototypeOf",
]);
const readonlyTypes = /^(Readonly|ReadonlyMap|ReadonlySet|ReadonlyArray)$/;

type Declarator = Deno.lint.VariableDeclarator;
type Expression = Deno.lint.Node | null | undefined;

const isGlobalCall = (node: Expression, object: string, methods: ReadonlySet<string>) =>
  node?.type === "CallExpression" && node.callee.type === "MemberExpression" &&
  node.callee.object.type === "Identifier" && node.callee.object.name === object &&
  node.callee.property.type === "Identifier" && methods.has(node.callee.property.name);

const frozen: ReadonlySet<string> = new Set(["freeze"]);

function withoutTypes(node: Expression): Expression {
  return node?.type === "TSAsExpression" || node?.type === "TSSatisfiesExpression"
    ? withoutTypes(node.expression)
    : node;
}

/** A container that nothing is in yet: whoever keeps one means to put something into it. */
function isEmptyContainer(node: Expression): boolean {
  if (node?.type === "ArrayExpression") return node.elements.length === 0;
  if (node?.type === "ObjectExpression") return node.properties.length === 0;
  return node?.type === "NewExpression" && node.callee.type === "Identifier" &&
    containers.has(node.callee.name) && node.arguments.length === 0;
}

function isContainer(node: Expression): boolean {
  return node?.type === "ArrayExpression" || node?.type === "ObjectExpression" ||
    (node?.type === "NewExpression" && node.callee.type === "Identifier" && containers.has(node.callee.name));
}

/** Whether the compiler, or the object itself, refuses every change. */
function isReadonly({ id, init }: Declarator): boolean {
  if (isGlobalCall(init, "Object", frozen)) return true;
  if (init?.type === "TSAsExpression" && init.typeAnnotation.type === "TSTypeReference") {
    const { typeName } = init.typeAnnotation;
    if (typeName.type === "Identifier" && typeName.name === "const") return true;
  }
  const type = id.type === "Identifier" ? id.typeAnnotation?.typeAnnotation : undefined;
  if (type?.type === "TSTypeOperator") return type.operator === "readonly";
  return type?.type === "TSTypeReference" && type.typeName.type === "Identifier" &&
    readonlyTypes.test(type.typeName.name);
}

function isModuleLevel(node: Node): boolean {
  const parent = parentOf(node);
  return parent?.type === "Program" || (parent?.type === "ExportNamedDeclaration" && isModuleLevel(parent));
}

/** Names that the file changes where no inner declaration hides what the module has by that name. */
function changedNames(file: SourceFile): Set<string> {
  const changed = new Set<string>();
  const change = (target: Expression) => {
    const root = target && rootOf(target);
    if (root && !isDeclaredInside(root)) changed.add(root.name);
  };
  visit(file, {
    AssignmentExpression(node) {
      if (node.left.type === "MemberExpression") change(node.left);
    },
    UpdateExpression(node) {
      if (node.argument.type === "MemberExpression") change(node.argument);
    },
    UnaryExpression(node) {
      if (node.operator === "delete") change(node.argument);
    },
    CallExpression(node) {
      if (isGlobalCall(node, "Object", changers) || isGlobalCall(node, "Reflect", mutators)) {
        change(node.arguments[0]);
      } else if (
        node.callee.type === "MemberExpression" && node.callee.property.type === "Identifier" &&
        mutators.has(node.callee.property.name)
      ) change(node.callee.object);
    },
  });
  return changed;
}

/**
 * State that a module keeps outside of any actor: a `let` or `var` of its own, a container that starts empty or that
 * the file changes, a map or set that others may import and change, and static fields that can be changed.
 */
export function checkState(file: SourceFile): string[] {
  const changed = changedNames(file);
  const found: string[] = [];
  const report = (node: Deno.lint.Node, what: string) =>
    found.push(`${file.path}:${lineOf(file, node)} ${what}`);
  visit(file, {
    VariableDeclaration(node) {
      if (!isModuleLevel(node) || node.declare) return;
      if (node.kind !== "const") return report(node, `keeps state in a module-level ${node.kind}`);
      for (const declarator of node.declarations) {
        const { id, init } = declarator;
        const value = withoutTypes(init);
        if (id.type !== "Identifier" || isReadonly(declarator)) continue;
        const open = value?.type === "NewExpression" && parentOf(node)?.type === "ExportNamedDeclaration";
        if (isEmptyContainer(value) || (isContainer(value) && (open || changed.has(id.name)))) {
          report(declarator, `keeps state in ${id.name}`);
        }
      }
    },
    PropertyDefinition(node) {
      if (node.static && !node.readonly) report(node, "keeps state in a static field");
    },
  });
  return found;
}
