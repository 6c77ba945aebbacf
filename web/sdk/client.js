/**
 * What integrators call: a session with a token, and short names for what it does.
 * `index.d.ts` declares it. Imports the session.
 */

import { Session as BareSession } from "./session.js";

/** @typedef {(detail: any) => void} Listener */
/** @typedef {ConstructorParameters<typeof BareSession>[0] & {}} Options */

/** A conversation with a face. */
export class Session extends BareSession {
  /** @type {Map<string, Map<Listener, (event: Event) => void>>} */
  #listeners = new Map();

  /**
   * Listens to one type of events.
   * @param {string} type
   * @param {Listener} listener gets the event's detail
   * @returns {() => void} stops listening
   */
  on(type, listener) {
    const known = this.#listeners.get(type) ?? new Map();
    this.#listeners.set(type, known);
    if (!known.has(listener)) {
      const heard = (/** @type {Event} */ event) =>
        listener(/** @type {CustomEvent} */ (event).detail);
      known.set(listener, heard);
      this.addEventListener(type, heard);
    }
    return () => this.off(type, listener);
  }

  /**
   * @param {string} type
   * @param {Listener} listener
   */
  off(type, listener) {
    const heard = this.#listeners.get(type)?.get(listener) ?? null;
    this.#listeners.get(type)?.delete(listener);
    this.removeEventListener(type, heard);
  }

  /**
   * Has the avatar answer something, as if the person had said it.
   * @param {string} text up to 4,000 characters
   * @returns {string | null} the id that the events of this turn carry as `request`; null, which
   *   is as good as false, if it was not sent
   */
  message(text) {
    return this.sendText(text);
  }

  /** Ends the conversation and lets go of the microphone. */
  stop() {
    this.close();
  }
}

/**
 * @param {import("./api.js").Token | null} token minted by the server, or what fetches one; it is
 *   called for each connection that opens a session. None where sessions are open to all
 * @param {Omit<Options, "token" | "makeLink">} [options]
 * @returns {Session} not started yet
 */
export function createSession(token, options = {}) {
  return new Session({ ...options, token });
}
