import { configureLogging } from "../log/configure_logging.ts";
import { isolateRuntime } from "../actor/mod.ts";
import { logActorFailures } from "../log/log_actor_failures.ts";
import { logger } from "../log/logger.ts";
import { otelTracer } from "../tracing/otel_tracer.ts";
import type { CommonSettings } from "../config/common_settings.ts";
import { help } from "../config/help.ts";
import { load } from "../config/load.ts";
import type { Definition } from "../config/settings.ts";
import { holdFolder } from "./held_folder.ts";
import { endWith, printError } from "./output.ts";
import { ownArguments } from "./own_arguments.ts";
import { StartError } from "./start_error.ts";
import { stopRequested } from "./stop_requested.ts";

/** The life of a program, which its `main` gets beside the settings. */
export interface Life {
  /** Resources of the program. They are disposed in reverse order when the program stops, or its start fails. */
  readonly stack: AsyncDisposableStack;
  /** Aborted as soon as the program is asked to stop: readiness should turn to "draining". */
  readonly stopping: AbortSignal;
  /** Says that the program can't go on: it is logged, everything is taken down, and the exit code is 1. */
  fail(error: unknown): void;
}

type Outcome = { readonly code: 0 } | { readonly code: 1; readonly error: unknown };

/**
 * Runs a service from its start to its exit code. `--help` prints the settings. Any other argument, a setting that does not
 * fit and a `StartError` are one line on stderr and exit code 2. SIGTERM and SIGINT (and the end of standard input, when
 * `DT_PARENT_PIPE` is on) take the stack down within `drainSeconds` and exit with 0. An unexpected error is logged and
 * exits with 1.
 */
export async function program<V extends CommonSettings>(
  definition: Definition<V>,
  main: (settings: V, life: Life) => Promise<unknown>,
): Promise<never> {
  const { service } = definition.program;
  const args = ownArguments();
  if (args.includes("--help")) return endWith(service, 0, help(definition));
  const [unknown] = args;
  if (unknown !== undefined) {
    return exit(2, `${service}: there is no command or option "${unknown}"; --help shows what there is\n`);
  }
  const loaded = load(definition, {
    env: (name) => Deno.env.get(name),
    readFile: (path) => Deno.readTextFileSync(path),
  });
  if (!loaded.ok) return exit(2, `${service}: ${loaded.message}\n`);
  const settings = loaded.value;
  configureLogging({ service, level: settings.logLevel });
  logActorFailures(isolateRuntime);
  isolateRuntime.trace(otelTracer());
  const log = logger("program");

  // Whoever started it may be killed. The next one that starts services waits for this process's end.
  if (settings.parentPipe) await holdFolder(settings.dataDir);
  await using stack = new AsyncDisposableStack();
  const stopping = new AbortController();
  const ended = Promise.withResolvers<Outcome>();
  const fail = (error: unknown) => {
    if (stopping.signal.aborted) log.error("an unexpected error while stopping", { error });
    ended.resolve({ code: 1, error });
  };
  onUnexpected(fail);
  // A looping Worker keeps its core until the process ends, so this one ends and its supervisor starts the next.
  isolateRuntime.observe({
    workerLost: ({ path, error }) =>
      fail(new Error(`the Worker of ${path} loops for ever`, { cause: error })),
  });
  stopRequested(settings.parentPipe).then((why) => {
    log.info("stopping", { why });
    ended.resolve({ code: 0 });
  });

  const starting = main(settings, { stack, stopping: stopping.signal, fail });
  starting.catch((error) => {
    // A start that is not over finds what it needs taken down.
    if (stopping.signal.aborted) return log.debug("the start was broken off", { error });
    if (!(error instanceof StartError)) return fail(error);
    exit(2, `${service}: ${error.message.replaceAll(/\s*\n\s*/g, " ")}\n`);
  });
  const outcome = await ended.promise;
  if (outcome.code !== 0) log.error("stopping after an unexpected error", { error: outcome.error });
  stopping.abort();
  await takeDown(stack, settings.drainSeconds * 1000);
  log.info("stopped", { code: outcome.code });
  return exit(outcome.code);
}

async function takeDown(stack: AsyncDisposableStack, deadlineMs: number): Promise<void> {
  const log = logger("program");
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), deadlineMs);
  try {
    const outcome = await Promise.race([stack.disposeAsync(), late.promise]);
    if (outcome === "late") {
      log.warn("not everything was finished within the drain time", { deadline_ms: deadlineMs });
    }
  } catch (error) {
    log.error("a part could not be taken down", { error });
  } finally {
    clearTimeout(timer);
  }
}

function onUnexpected(fail: (error: unknown) => void): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(event.reason);
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    fail(event.error);
  });
}

function exit(code: number, text = ""): never {
  printError(text);
  return Deno.exit(code);
}
