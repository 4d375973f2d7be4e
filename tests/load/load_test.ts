import { assert, assertEquals, assertMatch } from "@std/assert";
import { startStack } from "../e2e/stack.ts";
import { load } from "./load.ts";
import { parseLoadCommand } from "./load_command.ts";
import { loadReport } from "./load_report.ts";
import { roomyLimits } from "./roomy_limits.ts";

Deno.test("load › synthetic participants join a deployment and chat, and nothing is lost", async () => {
  await using stack = await startStack(roomyLimits);
  let inside = 0;
  const result = await load({
    origin: stack.origin,
    meetings: 3,
    participants: 4,
    seconds: 2,
    whileJoined: () => void inside++,
  });
  assertEquals(result.lost, { joins: 0, connections: 0, answers: 0, deliveries: 0 });
  assertEquals([result.joined, inside], [12, 1]);
  assertEquals([result.joins.length, result.answers.length, result.deliveries.length], [
    12,
    3 * 2,
    3 * 2 * 3,
  ]);
  assert([...result.joins, ...result.answers, ...result.deliveries].every((ms) => ms > 0));
  assertMatch(
    loadReport(result),
    /^joined: 12 participants .*\nlost: 0 joins, 0 connections, 0 answers, 0 deliveries\n$/s,
  );
});

Deno.test("load › a deployment that nobody runs is an error that says so", async () => {
  const nobody = load({ origin: "http://127.0.0.1:1", meetings: 1, participants: 2, seconds: 0 });
  const error = await nobody.then(() => null, (error) => error);
  assert(error instanceof Error && error.message.length > 0);
});

Deno.test("load › the command has defaults, takes the task's two dashes, and names what doesn't fit", () => {
  const defaults = { meetings: 20, participants: 5, seconds: 10, origin: undefined };
  assertEquals(parseLoadCommand([]), defaults);
  assertEquals(parseLoadCommand(["--", "--meetings", "2", "--origin", "http://localhost:8080/"]), {
    ...defaults,
    meetings: 2,
    origin: "http://localhost:8080",
  });
  assertEquals(parseLoadCommand(["--help"]), "help");
  const wrong = [
    ["--meetings", "0"],
    ["--participants", "100"],
    ["--seconds", "1.5"],
    ["--origin", "localhost:8080"],
    ["--people", "5"],
  ];
  for (const args of wrong) {
    const parsed = parseLoadCommand(args);
    assert(
      typeof parsed === "object" && "wrong" in parsed && parsed.wrong.includes(args[0] ?? ""),
      args.join(" "),
    );
  }
});
