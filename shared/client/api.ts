import * as z from "zod";
import {
  type ChangePasswordBody,
  type CreateMeetingBody,
  type GuestMeeting,
  guestMeeting,
  type Me,
  me,
  type Meeting,
  meeting,
  type MeetingList,
  meetingList,
  type PatchMeetingBody,
  type RegisterBody,
  type Registered,
  registered,
  type Registration,
  registration,
  type Ticket,
  ticket,
  type UserToken,
  userToken,
  type UserTokenBody,
} from "../protocol/rest.ts";
import { type ApiResult, type Call, call, type Fetch } from "./http.ts";
import { tokenPayload } from "./token_payload.ts";

const subject = z.object({ sub: z.string() });

export interface ApiOptions {
  /** Origin of the Global Controller, without a trailing slash; "" for the page's own. */
  baseUrl: string;
  fetch?: Fetch;
}

/** The REST calls of a client. The access token stays in memory; the session cookie renews it. */
export interface Api {
  /** Creates an account, which is signed in then: its answer sets the session's cookie. */
  register(body: RegisterBody): Promise<ApiResult<Registered>>;
  /** Whether anybody may register in an organisation, or by an invitation alone. */
  registration(organization?: string): Promise<ApiResult<Registration>>;
  login(body: UserTokenBody): Promise<ApiResult<UserToken>>;
  /** By the session cookie. */
  refresh(): Promise<ApiResult<UserToken>>;
  /** Ends the session. Where that fails, it goes on here, too. */
  logout(): Promise<ApiResult<void>>;
  /** Drops the access token: the next request asks anew whose session it is. */
  forget(): void;
  isSignedIn(): boolean;
  /** The id of the user whose access token there is; undefined without one, or where it can't be read. */
  userId(): string | undefined;
  /** Ends the user's other sessions; `INVALID_CREDENTIALS` if the current password is another. */
  changePassword(body: ChangePasswordBody): Promise<ApiResult<void>>;
  me(): Promise<ApiResult<Me>>;
  createMeeting(body: CreateMeetingBody): Promise<ApiResult<Meeting>>;
  listMeetings(cursor?: string): Promise<ApiResult<MeetingList>>;
  getMeeting(code: string): Promise<ApiResult<Meeting>>;
  /** What somebody without an account may know of a meeting; 404 unless it lets guests in. */
  guestMeeting(code: string): Promise<ApiResult<GuestMeeting>>;
  updateMeeting(code: string, body: PatchMeetingBody): Promise<ApiResult<Meeting>>;
  endMeeting(code: string): Promise<ApiResult<void>>;
  /** Ticket for the signed-in user. */
  joinTicket(code: string): Promise<ApiResult<Ticket>>;
  guestTicket(code: string, displayName: string): Promise<ApiResult<Ticket>>;
  /** A fresh ticket for whom the meeting token stands for. */
  renewTicket(code: string, meetingToken: string): Promise<ApiResult<Ticket>>;
  /** Tells that the meeting's place doesn't answer; the ticket says where the meeting is then. */
  reportUnreachable(code: string, meetingToken: string): Promise<ApiResult<Ticket>>;
}

function meetingPath(code: string, rest = ""): string {
  return `/api/v1/meetings/${encodeURIComponent(code)}${rest}`;
}

export function createApi(options: ApiOptions): Api {
  const fetch: Fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
  let accessToken: string | undefined;
  let refreshing: Promise<ApiResult<UserToken>> | undefined;
  /** Another one after each `forget`: what was asked before is about somebody else's session. */
  let era = Symbol();

  const open = <T>(request: Call<T>) => call(fetch, options.baseUrl, request);

  async function signIn<T extends Registered | UserToken>(request: Call<T>): Promise<ApiResult<T>> {
    const begun = era;
    const result = await open(request);
    if (result.ok && begun === era) accessToken = result.value.access_token;
    return result;
  }

  /** One refresh at a time: the cookie rotates, a second one would carry the old cookie. */
  function refresh(): Promise<ApiResult<UserToken>> {
    const begun = era;
    refreshing ??= signIn({ method: "POST", path: "/api/v1/auth/user/refresh", answer: userToken, body: {} })
      .then((result) => {
        if (begun !== era) return result;
        refreshing = undefined;
        if (!result.ok && result.error.status === 401) accessToken = undefined;
        return result;
      });
    return refreshing;
  }

  async function authorised<T>(request: Call<T>): Promise<ApiResult<T>> {
    const token = accessToken;
    if (token !== undefined) {
      const result = await open({ ...request, token });
      // A 401 of another name is about what was asked: a wrong password must not be tried twice.
      if (result.ok || result.error.code !== "UNAUTHORIZED") return result;
    }
    const renewed = await refresh();
    if (!renewed.ok) return renewed;
    return await open({ ...request, token: renewed.value.access_token });
  }

  return {
    register: (body) => signIn({ method: "POST", path: "/api/v1/auth/register", answer: registered, body }),
    registration(organization) {
      const query = organization === undefined ? "" : `?organization=${encodeURIComponent(organization)}`;
      return open({ method: "GET", path: `/api/v1/auth/register${query}`, answer: registration });
    },
    login: (body) => signIn({ method: "POST", path: "/api/v1/auth/user/token", answer: userToken, body }),
    refresh,
    async logout() {
      const result = await open<void>({ method: "POST", path: "/api/v1/auth/user/logout", body: {} });
      // A session that the server doesn't know any more has ended, too.
      if (!result.ok && result.error.status !== 401) return result;
      accessToken = undefined;
      return { ok: true, value: undefined };
    },
    forget() {
      era = Symbol();
      accessToken = refreshing = undefined;
    },
    isSignedIn: () => accessToken !== undefined,
    userId() {
      try {
        return accessToken === undefined ? undefined : subject.parse(tokenPayload(accessToken)).sub;
      } catch {
        return undefined;
      }
    },
    changePassword: (body) => authorised<void>({ method: "PUT", path: "/api/v1/auth/user/password", body }),
    me: () => authorised({ method: "GET", path: "/api/v1/me", answer: me }),
    createMeeting: (body) => authorised({ method: "POST", path: "/api/v1/meetings", answer: meeting, body }),
    listMeetings(cursor) {
      const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
      return authorised({ method: "GET", path: `/api/v1/meetings${query}`, answer: meetingList });
    },
    getMeeting: (code) => authorised({ method: "GET", path: meetingPath(code), answer: meeting }),
    guestMeeting: (code) => open({ method: "GET", path: meetingPath(code), answer: guestMeeting }),
    updateMeeting: (code, body) =>
      authorised({ method: "PATCH", path: meetingPath(code), answer: meeting, body }),
    endMeeting: (code) => authorised<void>({ method: "DELETE", path: meetingPath(code) }),
    joinTicket: (code) =>
      authorised({ method: "POST", path: meetingPath(code, "/join"), answer: ticket, body: {} }),
    guestTicket: (code, displayName) =>
      open({
        method: "POST",
        path: meetingPath(code, "/guest-token"),
        answer: ticket,
        body: { display_name: displayName },
      }),
    renewTicket: (code, token) =>
      open({ method: "POST", path: meetingPath(code, "/ticket"), answer: ticket, body: {}, token }),
    reportUnreachable: (code, token) =>
      open({ method: "POST", path: meetingPath(code, "/unreachable"), answer: ticket, body: {}, token }),
  };
}
