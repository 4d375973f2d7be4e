import { type Node, parentOf } from "./visit.ts";

/** The name at the start of a chain of properties and calls of properties, `a` in `a.b[c].d`. */
export function rootOf(node: Node): Deno.lint.Identifier | undefined {
  if (node.type === "Identifier") return node;
  if (node.type === "MemberExpression") return rootOf(node.object);
  if (node.type === "TSNonNullExpression" || node.type === "TSAsExpression") return rootOf(node.expression);
  return undefined;
}

/** The names that a pattern binds. */
function boundBy(pattern: Node | null | undefined): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return boundBy(pattern.left);
    case "RestElement":
      return boundBy(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap(boundBy);
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        property.type === "Property" ? boundBy(property.value) : boundBy(property)
      );
    case "TSParameterProperty":
      return boundBy(pattern.parameter);
    default:
      return [];
  }
}

function declaredBy(statement: Node | null | undefined): string[] {
  if (statement?.type === "VariableDeclaration") {
    return statement.declarations.flatMap(({ id }) => boundBy(id));
  }
  if (statement?.type === "FunctionDeclaration" || statement?.type === "ClassDeclaration") {
    return boundBy(statement.id);
  }
  return [];
}

/** The names that a node binds for what is inside of it. */
function bindingsOf(node: Node): string[] {
  switch (node.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return node.params.flatMap(boundBy);
    case "BlockStatement":
    case "StaticBlock":
      return node.body.flatMap(declaredBy);
    case "SwitchCase":
      return node.consequent.flatMap(declaredBy);
    case "ForStatement":
      return declaredBy(node.init);
    case "ForInStatement":
    case "ForOfStatement":
      return declaredBy(node.left);
    case "CatchClause":
      return boundBy(node.param);
    default:
      return [];
  }
}

/** Whether a function, block or loop around the name declares it, so that it does not mean the module's. */
export function isDeclaredInside(name: Deno.lint.Identifier): boolean {
  for (let node = parentOf(name); node !== undefined && node.type !== "Program"; node = parentOf(node)) {
    if (bindingsOf(node).includes(name.name)) return true;
  }
  return false;
}
