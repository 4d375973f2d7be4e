import { assertEquals, assertMatch } from "@std/assert";
import { announcedProblem } from "../../../media/self_test/announced_problem.ts";

const own = [{ family: "IPv4" as const, address: "192.168.1.7" }];
const problemOf = (host: string, publicHost: string, isAnswered = false) =>
  announcedProblem({ host, publicHost, port: 44_400, own, answers: () => Promise.resolve(isAnswered) });

Deno.test("self-test › an announced address is this machine's, or answers", async () => {
  assertEquals(await problemOf("127.0.0.1", "localhost"), undefined);
  assertEquals(await problemOf("0.0.0.0", "192.168.1.7"), undefined);
  assertEquals(await problemOf("0.0.0.0", "meet.example.org", true), undefined);
  assertMatch(await problemOf("0.0.0.0", "meet.example.org") ?? "", /"meet\.example\.org".* 44400 .*forward/);
  assertMatch(await problemOf("0.0.0.0", "127.0.0.1") ?? "", /only this machine's browsers/);
});
