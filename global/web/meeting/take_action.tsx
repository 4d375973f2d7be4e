import type { MeetingSession } from "../../../shared/client/session.ts";
import type { Participant } from "../../../shared/protocol/signaling.ts";
import type { PersonAction } from "./person_actions.ts";
import { type Question, type ScreenState, showRefusal } from "./screen_state.ts";

const removal =
  "They leave at once. Whoever has the link can ask to come in again: ban them to keep them out.";
const ban =
  "They leave at once, and are refused for as long as there is this meeting. Since they could come as a guest " +
  "with a new name, from now on every new guest waits until a host lets them in.";

function removalQuestion({ display_name }: Participant, isBan: boolean): Omit<Question, "confirmed"> {
  const name = <bdi>{display_name}</bdi>;
  if (!isBan) return { title: <>Remove {name}?</>, words: removal, action: "Remove" };
  return { title: <>Remove and ban {name}?</>, words: ban, action: "Remove and ban" };
}

/** Has a host's action done; what can't be undone is asked for first. */
export function takeAction(
  action: PersonAction,
  person: Participant,
  session: MeetingSession,
  screen: ScreenState,
): void {
  const { participant_id: id } = person;
  switch (action.kind) {
    case "mute":
    case "allow":
      return void showRefusal(screen, session.mute(id, action.source, action.kind === "mute"));
    case "ask":
      return void showRefusal(screen, session.askUnmute(id, action.source));
    case "promote":
    case "demote":
      return void showRefusal(
        screen,
        session.setRole(id, action.kind === "promote" ? "host" : "participant"),
      );
    case "remove":
    case "ban": {
      const isBan = action.kind === "ban";
      screen.question.value = {
        ...removalQuestion(person, isBan),
        confirmed: () => session.remove(id, isBan),
      };
    }
  }
}
