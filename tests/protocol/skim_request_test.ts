import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { skimRequest } from "../../shared/protocol/signaling/skim_request.ts";

const long = "x".repeat(2_000);

/** A frame as it is, and the same longer than what is parsed. */
function bothWays(frame: string): (number | null | undefined)[] {
  return [frame, frame.replace(/}\s*$/, `,"data":{"text":"${long}"}}`)].map((one) => skimRequest(one)?.id);
}

Deno.test("skim request › an id is found wherever it stands among the members", () => {
  const frames = [
    '{"id":7,"type":"session.ping"}',
    ' {\n "type" : "session.ping", "id" : 7 }',
    '{"data":{"id":8,"list":[{"id":9}]},"type":"session.ping","id":7}',
    '{"data":"\\"id\\":8,","id":7}',
    '{"data":["id",8],"id":7}',
    '{"id":8,"id":7}',
    '{"i\\u0064":7}',
    '{"data":"\\\\","id":7}',
  ];
  for (const frame of frames) assertEquals(bothWays(frame), [7, 7], frame);
});

Deno.test("skim request › a number may be written in any way, but must be a positive integer", () => {
  for (const number of ["7", "7.0", "70e-1", "0.7E+1"]) assertEquals(bothWays(`{"id":${number}}`), [7, 7]);
  for (const value of ["0", "-7", "7.5", "1e400", "9007199254740992", '"7"', "null", "[7]", '{"id":7}']) {
    assertEquals(bothWays(`{"id":${value}}`), [undefined, undefined], value);
  }
  assertEquals(bothWays('{"data":{"id":7}}'), [undefined, undefined]);
});

Deno.test("skim request › what is no object has no id", () => {
  for (
    const frame of ["", "7", `[{"id":7}]`, `["id:7"]`, `["${long}",{"id":7}]`, `"${long}`, `{"${long}\\`]
  ) {
    assertEquals(skimRequest(frame), null, frame);
  }
});

Deno.test("skim request › of a long frame it says the same as of a parsed one", () => {
  const member = fc.tuple(fc.constantFrom("id", "type", "data", "other"), fc.jsonValue({ maxDepth: 4 }));
  fc.assert(fc.property(fc.array(member), fc.nat(), (members, id) => {
    const frame = (padding: string) =>
      `{${
        [...members, ["id", id], ["padding", padding]]
          .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")
      }}`;
    assertEquals(skimRequest(frame(long)), skimRequest(frame("")));
  }));
});
