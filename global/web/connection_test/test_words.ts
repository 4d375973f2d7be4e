import {
  type LineResult,
  type TestLine,
  testLines,
  type TestState,
} from "../../../shared/client/test_connection.ts";

export const lineNames: Readonly<Record<TestLine, string>> = {
  server: "The meeting's server",
  udp: "The direct way for sound and picture (UDP)",
  tcp: "The detour (TCP)",
  relay: "The relay (TURN)",
  send: "Sending",
  receive: "Receiving",
};

const ANOTHER_NETWORK = "Switch a VPN off, or try another network, such as a phone's hotspot.";

function failed(line: TestLine, hasWay: boolean): string {
  switch (line) {
    case "server":
      return `Can't be reached: your network seems to block WebSockets to it. ${ANOTHER_NETWORK}`;
    case "udp":
      return hasWay
        ? "Is blocked. Sound and picture take another way, on which they may stutter."
        : "Is blocked by your network, or by a VPN or firewall on this computer.";
    case "tcp":
      return hasWay ? "Is blocked. You don't need it here." : "Is blocked, too.";
    case "relay":
      return hasWay
        ? "Doesn't work. You don't need it here; whoever runs this server may want to know."
        : "Doesn't work, or is blocked. Tell whoever runs this server.";
    case "send":
      return `What you send doesn't leave your network. ${ANOTHER_NETWORK}`;
    case "receive":
      return `Nothing of what you send comes back. ${ANOTHER_NETWORK}`;
  }
}

const works: Readonly<Record<TestLine, string>> = {
  server: "Answers",
  udp: "Works",
  tcp: "Works",
  relay: "Works",
  send: "Your sound gets through",
  receive: "The server's sound arrives",
};

const hasWay = ({ lines: { udp, tcp, relay } }: TestState) =>
  [udp, tcp, relay].some(({ outcome }) => outcome === "works");

/** What came of one line, with what to do about it. */
export function lineWords(line: TestLine, state: TestState): string {
  const { outcome, ms } = state.lines[line];
  switch (outcome) {
    case "waiting":
      return "Waits for its turn";
    case "testing":
      return "Testing…";
    case "works":
      return ms === undefined ? `${works[line]}.` : `${works[line]} (${Math.max(1, Math.round(ms))} ms).`;
    case "fails":
      return failed(line, hasWay(state));
    case "not_set_up":
      return "There is none here. It is needed only where both other ways are blocked.";
    case "not_tested":
      return "Not tested.";
  }
}

/** What all of it comes to. */
export function summary(state: TestState, wasEnded: boolean): string {
  const { lines: { server, udp, send, receive }, isOver, refusal } = state;
  if (!isOver) return "This takes up to 20 seconds. Nobody sees or hears you meanwhile.";
  if (wasEnded) return "You have ended the test.";
  if (server.outcome !== "works") return "From this network you can't join the meeting.";
  if (refusal !== undefined) return refusal;
  if (!hasWay(state)) {
    return `You can join and chat, and neither sound nor picture gets through. ${ANOTHER_NETWORK}`;
  }
  if (send.outcome !== "works" || receive.outcome !== "works") {
    return `There is a way for sound and picture, and not all of it gets through. ${ANOTHER_NETWORK}`;
  }
  if (udp.outcome !== "works") {
    return "You can take part. Sound and picture go a slower way, and may stutter.";
  }
  return "All is well: you can take part with sound and picture.";
}

function reportLine(line: TestLine, { outcome, ms, detail }: LineResult): string {
  const extra = [ms === undefined ? "" : `${Math.round(ms)} ms`, detail ?? ""].filter(Boolean).join(", ");
  return `${line}: ${outcome}${extra ? ` (${extra})` : ""}`;
}

export interface ReportContext {
  at: string;
  page: string;
  /** Of the shard. */
  server: string;
  browser: string;
}

/** The result for whoever runs the server. It holds no secrets. */
export function reportText(state: TestState, { at, page, server, browser }: ReportContext): string {
  return [
    `Dark Tower connection test, ${at}`,
    `page: ${page}`,
    `server: ${server}`,
    `browser: ${browser}`,
    ...testLines.map((line) => reportLine(line, state.lines[line])),
    ...(state.refusal === undefined ? [] : [`refused: ${state.refusal}`]),
  ].join("\n");
}
