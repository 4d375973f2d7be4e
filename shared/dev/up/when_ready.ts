/** What asking a service for its readiness needs. */
export interface ReadyOptions {
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  pause(milliseconds: number): Promise<void>;
  /** Told of each answer that isn't ready yet, in a few words. */
  onWaiting(reason: string): void;
}

const POLL_MS = 40;
const ANSWER_MS = 2000;

/** Resolves with true when the address answers 200, with false when the signal is aborted first. */
export async function whenReady(url: string, options: ReadyOptions): Promise<boolean> {
  while (!options.signal.aborted) {
    try {
      const signal = AbortSignal.any([options.signal, AbortSignal.timeout(ANSWER_MS)]);
      const response = await options.fetch(url, { signal });
      const body = await response.text();
      if (response.status === 200) return true;
      options.onWaiting(reasonIn(body) ?? `${url} answers ${response.status}`);
    } catch {
      options.onWaiting("it does not answer yet");
    }
    await options.pause(POLL_MS);
  }
  return false;
}

/** A reason as the services give it: the error's message, or the text itself when that is a short line. */
function reasonIn(body: string): string | undefined {
  const text = body.replaceAll(/\s+/g, " ").trim();
  const [quoted] = /(?<="message":)"(?:[^"\\]|\\.)+"/.exec(text) ?? [];
  if (quoted !== undefined) return String(JSON.parse(quoted));
  return text === "" ? undefined : text.slice(0, 160);
}
