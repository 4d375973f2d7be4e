/** Whether the page acts for a signed-in user. */
export interface UserSession {
  signedIn: boolean;
  setSignedIn(signedIn: boolean): void;
  /** The server doesn't know the session any more. The other tabs find out by themselves. */
  expire(): void;
}
