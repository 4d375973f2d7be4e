import { assertEquals } from "@std/assert";
import { columnsFor, tilesOf } from "../../../global/web/meeting/tiles.ts";
import { initialState, type SessionState } from "../../../shared/client/session_state.ts";
import { person } from "../../client/samples.ts";

function stateWith(change: Partial<SessionState>): SessionState {
  return { ...initialState, phase: "joined", selfId: "me", ...change };
}

const people = (count: number) => Array.from({ length: count }, (_, index) => person(`p${index}`));

Deno.test("tiles › the others in their order, oneself last", () => {
  const { tiles } = tilesOf(stateWith({ participants: [person("me"), person("a"), person("b")] }), 9);
  assertEquals(tiles.map(({ participantId, isSelf }) => [participantId, isSelf]), [
    ["a", false],
    ["b", false],
    ["me", true],
  ]);
});

Deno.test("tiles › who doesn't fit is counted, and whom the server chose is shown", () => {
  const assignments = [{ slot: 0, participant_id: "p9", source: "camera" as const, consumer_id: null }];
  const { tiles, hiddenCount } = tilesOf(stateWith({ participants: people(10), assignments }), 4);
  assertEquals(tiles.map(({ participantId }) => participantId), ["p9", "p0", "p1", "p2"]);
  assertEquals(hiddenCount, 6);
});

Deno.test("tiles › a microphone counts as on only when neither its owner nor a host switched it off", () => {
  const source = { source: "microphone" as const, producer_id: "x", paused: false, muted_by_host: false };
  const participants = [
    person("on", { sources: [source] }),
    person("paused", { sources: [{ ...source, paused: true }] }),
    person("muted", { sources: [{ ...source, muted_by_host: true }] }),
    person("none"),
  ];
  const { tiles } = tilesOf(stateWith({ participants }), 9);
  assertEquals(tiles.map(({ isMuted }) => isMuted), [false, true, true, true]);
});

Deno.test("tiles › one beside the other in a wide window, one below the other in a tall one", () => {
  assertEquals(columnsFor(2, 1600, 500), 2);
  assertEquals(columnsFor(2, 400, 800), 1);
  assertEquals(columnsFor(9, 1600, 900), 3);
  assertEquals(columnsFor(0, 1600, 900), 1);
});
