/** Whether the page acts for a signed-in user. */
export interface UserSession {
  signedIn: boolean;
  setSignedIn(signedIn: boolean): void;
  /** Somebody signed in in another tab since this page looked. */
  isOutdated: boolean;
  /** What the server said about the session; `undefined` where it said nothing. */
  restored(signedIn: boolean | undefined): void;
  /** The server doesn't know the session any more. The other tabs find out by themselves. */
  expire(): void;
}
