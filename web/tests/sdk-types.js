/**
 * Nothing runs here: the compiler holds what `index.d.ts` declares against the code.
 */

import * as api from "../sdk/api.js";
import * as client from "../sdk/client.js";
import * as errors from "../sdk/errors.js";
import * as declared from "../sdk/index.js";
import * as tools from "../sdk/tools.js";

/** @type {typeof declared.createSession} */
export const createSession = client.createSession;
/** @type {typeof declared.Session} */
export const Session = client.Session;
/** @type {typeof declared.SessionError} */
export const SessionError = errors.SessionError;
/** @type {typeof declared.listPersonas} */
export const listPersonas = api.listPersonas;

/**
 * @type {(session: client.Session, offered: Parameters<typeof declared.offerTools>[1]) =>
 *   ReturnType<typeof declared.offerTools>}
 */
export const offerTools = tools.offerTools;

/**
 * Every event is at least what is declared: `never` where it is not.
 * @typedef {typeof import("../sdk/protocol.js").SERVER_EVENTS} Table
 * @typedef {{[K in keyof declared.SessionEvents & keyof Table]:
 *   import("../sdk/protocol.js").ServerEventOf<K> extends declared.SessionEvents[K]
 *     ? true : never}} Agreement
 */

/** @type {Agreement} */
export const agreement = {
  hello: true,
  presentation: true,
  user_transcript: true,
  agent_transcript: true,
  caption: true,
  turn: true,
  state: true,
  budget: true,
  tool_call: true,
  error: true,
  closing: true,
};
