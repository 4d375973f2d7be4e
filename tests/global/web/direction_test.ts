import { assert, assertEquals } from "@std/assert";
import { filesBelow } from "../../../shared/dev/stamp.ts";
import { shownWords } from "./unisolated_words.ts";

const WEB = new URL("../../../global/web", import.meta.url).pathname;

const unisolated = (text: string) => shownWords({ path: "part.tsx", text }).unisolated;

Deno.test("direction › a person's words stand in an element that isolates their direction, wherever they are shown", async () => {
  let places = 0;
  for (const path of await filesBelow(WEB)) {
    if (!path.endsWith(".tsx")) continue;
    const shown = shownWords({ path, text: await Deno.readTextFile(path) });
    assertEquals(shown.unisolated, [], path);
    places += shown.places;
  }
  assert(places > 15, `only ${places} were found`);
});

Deno.test("direction › whoever reads the sources for that knows a person's words by each name that they get", () => {
  for (
    const [text, found] of [
      ["const a = <p>{person.display_name}</p>;", "<p>{person.display_name}"],
      ["const a = <bdi>{nameOf(a, b)}</bdi>;", undefined],
      ['const a = <p dir="auto">{meeting?.display_name ?? "Nothing"}</p>;', undefined],
      ["const name = nameOf(a, b); const c = <p>{name}</p>;", "<p>{name}"],
      ["const [name] = useState(() => nameOf(a, b)); const c = <p>{name}</p>;", "<p>{name}"],
      ["const { display_name } = person; const c = <p>{display_name}</p>;", "<p>{display_name}"],
      ["const { display_name: who } = person; const c = <p>{who}</p>;", "<p>{who}"],
      ["setTitle(meeting.display_name); const c = <h1>{title}</h1>;", "<h1>{title}"],
      ["const a = people.map(({ display_name: who }) => <li>{who}</li>);", "<li>{who}"],
      ["const a = <p>{linkParts(text).map(show)}</p>;", "<p>{linkParts(text).map(show)}"],
      ["const a = <p>{linkParts(text).map((one) => one)}</p>;", "<p>{linkParts(text).map((one) => one)}"],
      ["const a = <ul>{people.map((one) => <bdi>{one.display_name}</bdi>)}</ul>;", undefined],
      ["const a = <p>{isOn ? <>by {person.display_name}</> : null}</p>;", "<p>{person.display_name}"],
      ["const a = <p>by <bdi>{person.display_name}</bdi></p>;", undefined],
      ['const a = <p dir="auto">by {person.display_name}</p>;', '<p dir="auto">{person.display_name}'],
      ["const a = <bdi>{person.display_name} (you)</bdi>;", "<bdi>{person.display_name}"],
      ["const a = <Problem>{person.display_name}</Problem>;", "<Problem>{person.display_name}"],
      ["save({ display_name: name }); const a = <p>{name}</p>;", undefined],
    ] as const
  ) {
    assertEquals(unisolated(text), found === undefined ? [] : [found], text);
  }
});
