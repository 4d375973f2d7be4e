import type { ComponentChildren } from "preact";
import { type Signal, signal } from "@preact/signals";
import { errorWords } from "../../../shared/client/error_words.ts";
import type { Result } from "../../../shared/actor/result.ts";
import { showAnew } from "../show_anew.ts";

/** What is open beside the stage. */
export type Panel = "people" | "chat";

/** A dialog over the meeting's screen. */
export type DialogName = "permissions" | "name" | "settings" | "devices";

/** Asked before something is done that can't be undone. */
export interface Question {
  title: ComponentChildren;
  words: string;
  action: string;
  confirmed(): Promise<Result<unknown, string>>;
}

/** A chat message that couldn't be sent, while the form was in use for another one. */
export interface UnsentMessage {
  id: symbol;
  text: string;
  /** Whom it is for; undefined for everybody. */
  to: string | undefined;
  /** Why it wasn't sent, in words. */
  problem: string;
}

/** What somebody has open, chosen and typed on the meeting's screen. It lasts as long as the visit. */
export interface ScreenState {
  panel: Signal<Panel | undefined>;
  /** The id of the last chat message that was on the screen. */
  seenId: Signal<string | undefined>;
  /** Whom the next chat message is for; undefined for everybody. */
  recipient: Signal<string | undefined>;
  /** The chat message that is being written. */
  draft: Signal<string>;
  /** Why the chat message in the form was not sent, in words. */
  chatProblem: Signal<string>;
  /** The chat messages that were not sent and don't stand in the form. */
  unsent: Signal<readonly UnsentMessage[]>;
  /** Whose menu was opened last: another object each time. */
  person: Signal<{ readonly id: string } | undefined>;
  /** How loud single people are played, 0 to 1; whoever isn't named is played as they are. */
  volumes: Signal<ReadonlyMap<string, number>>;
  /** What was refused or failed last, in words. */
  problem: Signal<string>;
  question: Signal<Question | undefined>;
  dialog: Signal<DialogName | undefined>;
}

export function createScreenState(): ScreenState {
  return {
    panel: signal<Panel | undefined>(undefined),
    seenId: signal<string | undefined>(undefined),
    recipient: signal<string | undefined>(undefined),
    draft: signal(""),
    chatProblem: signal(""),
    unsent: signal<readonly UnsentMessage[]>([]),
    person: signal<{ readonly id: string } | undefined>(undefined),
    volumes: signal<ReadonlyMap<string, number>>(new Map()),
    problem: signal(""),
    question: signal<Question | undefined>(undefined),
    dialog: signal<DialogName | undefined>(undefined),
  };
}

/** Opens a panel, or closes it when it is the open one. */
export function togglePanel({ panel }: ScreenState, wanted: Panel): void {
  panel.value = panel.value === wanted ? undefined : wanted;
}

/** Whether the open dialog shows what was refused or failed last: it isn't said a second time below. */
export function isToldInDialog({ dialog }: Pick<ScreenState, "dialog">): boolean {
  return dialog.value === "permissions" || dialog.value === "devices";
}

/** Closes such a dialog. What it has told is over. */
export function closeTellingDialog({ dialog, problem }: Pick<ScreenState, "dialog" | "problem">): void {
  dialog.value = undefined;
  problem.value = "";
}

/**
 * Does something, and shows what is wrong with it, in words. What was shown before goes first: the same words are said
 * again, and a box that was pressed shows again what holds.
 */
export function showProblem(
  { problem }: Pick<ScreenState, "problem">,
  action: () => Promise<string | undefined>,
): Promise<void> {
  return showAnew((words) => problem.value = words, "", async () => await action() ?? "");
}

/** Waits for a request's answer, and shows its refusal. */
export function showRefusal(
  screen: Pick<ScreenState, "problem">,
  request: Promise<Result<unknown, string>>,
): Promise<void> {
  return showProblem(screen, async () => {
    const answer = await request;
    return answer.ok ? undefined : errorWords(answer.error);
  });
}
