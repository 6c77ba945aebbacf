/**
 * The HTTP calls around a session. Imports errors only.
 */

import { SessionError } from "./errors.js";

/**
 * @typedef {object} Persona
 * @property {string} id
 * @property {string} name
 * @property {string} description
 * @property {string | null} avatar address of a picture, if there is one
 */

/**
 * @typedef {object} Lease
 * @property {string} id
 * @property {string} token
 */

/** @typedef {string | (() => string | Promise<string>)} Token a session token, or what fetches one */

/**
 * Who to talk to.
 * @typedef {object} Who
 * @property {string | null} persona who answers; null for the server's default
 * @property {string | null} avatar with which face; null for the persona's own
 * @property {Record<string, string> | null} [variables] what stands for the variables of its texts
 * @property {boolean} [greet] false: the avatar waits for the client to begin
 * @property {Token | null} [token] shown to a server that wants one
 */

/**
 * @param {string} apiUrl where the server is, without a slash at the end
 * @param {Who} who
 * @param {AbortSignal} signal
 * @returns {Promise<Lease>}
 * @throws {SessionError}
 */
export async function createSession(apiUrl, { token = null, ...who }, signal) {
  const chosen = Object.entries(who).filter(([name, value]) =>
    name === "greet" ? value === false : value != null,
  );
  const body = JSON.stringify(Object.fromEntries(chosen));
  /** @type {Record<string, string>} */
  const headers = { "content-type": "application/json" };
  const shown = typeof token === "function" ? await token() : token;
  if (shown) headers.authorization = `Bearer ${shown}`;
  const answer = await request(`${apiUrl}/v1/sessions`, { method: "POST", body, headers, signal });
  return /** @type {Lease} */ (answer);
}

/**
 * @param {string} apiUrl
 * @returns {Promise<Persona[]>}
 * @throws {SessionError}
 */
export async function listPersonas(apiUrl) {
  const answer = await request(`${apiUrl}/v1/personas`, {});
  return /** @type {{personas: Persona[]}} */ (answer).personas;
}

/**
 * @param {string} apiUrl
 * @param {Lease} lease
 * @returns {URL} the address of the session's WebSocket
 */
export function eventsUrl(apiUrl, lease) {
  return socketUrl(apiUrl, lease, "events");
}

/**
 * @param {string} apiUrl
 * @param {Lease} lease
 * @param {boolean} mirror whether the face moves like a mirror
 * @returns {URL} the address of the WebSocket that takes pictures of a face which moves ours
 */
export function cameraUrl(apiUrl, lease, mirror) {
  const url = socketUrl(apiUrl, lease, "camera");
  url.searchParams.set("mirror", String(mirror));
  return url;
}

/**
 * @param {string} apiUrl
 * @param {Lease} lease
 * @param {"events" | "camera"} which
 */
function socketUrl(apiUrl, { id, token }, which) {
  const url = new URL(`${apiUrl}/v1/sessions/${encodeURIComponent(id)}/${which}`, baseUrl());
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.searchParams.set("token", token);
  return url;
}

/** @returns {string | undefined} what relative addresses are relative to, in a page */
function baseUrl() {
  return globalThis.location?.href;
}

/**
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<unknown>} the answer's JSON; null where the answer is empty by design
 * @throws {SessionError}
 */
export async function request(url, init) {
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (init.signal?.aborted) throw new SessionError("goodbye", "given up");
    throw new SessionError("network", String(error));
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (!response.ok) {
    const header = Number(response.headers.get("retry-after")) || null;
    throw refusal(response.status, answer, header);
  }
  if (answer === null) throw new SessionError("network", "the answer is not JSON");
  return answer;
}

/**
 * @param {number} status
 * @param {{error?: {code?: string, message?: string, retry_after?: number | null}} | null} answer
 * @param {number | null} header seconds after which trying again makes sense
 * @returns {SessionError}
 */
export function refusal(status, answer, header = null) {
  const { code, message, retry_after: retryAfter } = answer?.error ?? {};
  return new SessionError(code ?? codeOf(status), message ?? "", {
    status,
    retryAfter: retryAfter ?? header,
  });
}

/**
 * @param {number} status of an answer that carries no code, a proxy's for example
 * @returns {string}
 */
function codeOf(status) {
  if (status === 401) return "unauthorized";
  if (status === 403) return "forbidden";
  if (status === 404) return "not_found";
  if (status === 413) return "too_large";
  return status >= 500 ? "network" : "bad_request";
}
