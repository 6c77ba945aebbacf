/**
 * The session's WebSocket: numbered events out, validated events in.
 * Imports clock, errors and protocol.
 */

import { wallClock } from "./clock.js";
import { SessionError } from "./errors.js";
import { SERVER_EVENTS, validate } from "./protocol.js";

/** @typedef {import("./protocol.js").ClientEvent} ClientEvent */
/** @typedef {import("./protocol.js").ServerEvent} ServerEvent */

/**
 * An event without what the socket fills in.
 * @typedef {ClientEvent extends infer E ? E extends ClientEvent
 *   ? Omit<E, "id" | "at_ms"> & { at_ms?: number } : never : never} Outgoing
 */

/** Bytes on their way, beyond which further ones are not sent. */
const MOST_BUFFERED = 65_536;

/**
 * Fires `received` (detail: event), `sent` (detail: event), `invalid` (detail: problems) and,
 * once, `lost`.
 */
export class EventSocket extends EventTarget {
  #socket;
  #nextId = 1;

  /** @param {URL} url */
  constructor(url) {
    super();
    this.#socket = new WebSocket(url);
    this.#socket.addEventListener("message", ({ data }) => this.#receive(data));
    this.#socket.addEventListener("close", () => this.dispatchEvent(new Event("lost")));
  }

  /**
   * @param {Outgoing} event
   * @returns {ClientEvent | null} the event as sent; null if the socket is not open
   */
  send(event) {
    if (this.#socket.readyState !== WebSocket.OPEN) return null;
    const full = /** @type {ClientEvent} */ ({
      at_ms: wallClock(),
      ...event,
      id: this.#nextId++,
    });
    this.#socket.send(JSON.stringify(full));
    this.dispatchEvent(new CustomEvent("sent", { detail: full }));
    return full;
  }

  /**
   * @param {Blob | string} message as it is
   * @returns {boolean} whether it was sent; not while the socket is not open, or behind
   */
  sendRaw(message) {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    if (this.#socket.bufferedAmount > MOST_BUFFERED) return false;
    this.#socket.send(message);
    return true;
  }

  close() {
    this.#socket.close();
  }

  /**
   * Waits for an event that must come next in the opening of a session.
   * @template {ServerEvent["type"]} K
   * @param {K} type
   * @returns {Promise<import("./protocol.js").ServerEventOf<K>>}
   * @throws {SessionError} the server's error, its closing, or `network`
   */
  next(type) {
    return new Promise((resolve, reject) => {
      const done = new AbortController();
      const { signal } = done;
      /** @param {Event} message */
      const onReceived = (message) => {
        const event = /** @type {CustomEvent<ServerEvent>} */ (message).detail;
        if (event.type === "error") reject(errorOf(event));
        else if (event.type === "closing") reject(new SessionError(event.reason, event.reason));
        else if (event.type !== type) return;
        else resolve(/** @type {any} */ (event));
        done.abort();
      };
      const onLost = () => {
        reject(new SessionError("network", "the socket closed"));
        done.abort();
      };
      this.addEventListener("received", onReceived, { signal });
      this.addEventListener("lost", onLost, { signal });
    });
  }

  /** @param {unknown} data */
  #receive(data) {
    const event = parse(data);
    const problems = validate(event);
    const type = /** @type {{type?: string} | null} */ (event)?.type ?? "";
    if (problems.length === 0 && Object.hasOwn(SERVER_EVENTS, type)) {
      this.dispatchEvent(new CustomEvent("received", { detail: event }));
    } else {
      this.dispatchEvent(new CustomEvent("invalid", { detail: { type, problems } }));
    }
  }
}

/**
 * @param {unknown} data
 * @returns {unknown} null if it is no JSON
 */
function parse(data) {
  try {
    return JSON.parse(String(data));
  } catch {
    return null;
  }
}

/**
 * @param {import("./protocol.js").ServerEventOf<"error">} event
 * @returns {SessionError}
 */
function errorOf({ code, message, retry_after: retryAfter }) {
  return new SessionError(code, message, { retryAfter: retryAfter ?? null });
}
