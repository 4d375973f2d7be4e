/** How severe a log line must be to be written. */
export type Level = "debug" | "info" | "warning" | "error";
