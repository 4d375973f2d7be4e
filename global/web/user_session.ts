/** Whether the page acts for a signed-in user. */
export interface UserSession {
  signedIn: boolean;
  setSignedIn(signedIn: boolean): void;
}
