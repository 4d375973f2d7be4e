/** Who refers to whom, by name. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The shortest way back to `start`, both ends included; `null` when there is none. Breadth first. */
function wayBack(graph: Graph, start: string): string[] | null {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) {
        const way = [node];
        for (let step = cameFrom.get(node); step !== undefined; step = cameFrom.get(step)) way.unshift(step);
        return [...way, start];
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return null;
}

/** For each name that is on a circle, the shortest circle that it is on, from and to itself. */
export function findCircles(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const name of [...graph.keys()].sort()) {
    const circle = wayBack(graph, name);
    if (circle !== null) found.set(name, circle);
  }
  return found;
}
