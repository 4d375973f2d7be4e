/** The server is asked about what somebody types once they paused for so long. */
export const TYPING_PAUSE_MS = 400;
