/**
 * Hold to talk: the microphone is open only while a button is held, and letting go ends the turn.
 * Imports nothing.
 */

/** The last sound is still on its way when the button is let go; the server waits a little less. */
const TAIL_MS = 250;

/** @typedef {"open" | "hold"} TalkMode */

/**
 * Which way of talking is on, and whether the button is held. Fires `change`.
 *
 * While it is `hold`, a microphone that opens by itself is muted again: between two turns nothing
 * leaves this device.
 */
export class PushToTalk extends EventTarget {
  /** @type {TalkMode} */
  mode = "open";
  held = false;
  #told = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #closing;
  #session;

  /** @param {import("../sdk/session.js").Session} session */
  constructor(session) {
    super();
    this.#session = session;
    session.addEventListener("microphone", () => {
      const { state } = session.microphone;
      if (this.mode === "hold" && state === "on" && !this.held && !this.#closing) this.#mute();
      else if (state === "refused" || state === "missing") this.release();
    });
    session.addEventListener("connection", () => {
      if (session.connection.state !== "connected") this.release();
    });
  }

  /** @param {TalkMode} mode */
  async choose(mode) {
    if (mode === this.mode) return;
    this.release();
    this.mode = mode;
    this.dispatchEvent(new Event("change"));
    if (mode === "hold") this.#mute();
    else await this.#session.setMicrophone(true);
  }

  /** The button goes down: the avatar falls silent, and what is said from now on is one turn. */
  async press() {
    const session = this.#session;
    if (this.mode !== "hold" || this.held || session.connection.state !== "connected") return;
    clearTimeout(this.#closing);
    this.#closing = undefined;
    this.#become(true);
    await session.setMicrophone(true);
    if (!this.held || this.#told) return;
    if (session.microphone.state === "on") this.#told = session.pushToTalk(true);
    else this.#become(false);
  }

  /** The button is let go: the turn is over. */
  release() {
    if (!this.held) return;
    this.#become(false);
    if (this.#told) this.#session.pushToTalk(false);
    this.#closing = setTimeout(() => this.#mute(), this.#told ? TAIL_MS : 0);
    this.#told = false;
  }

  #mute() {
    clearTimeout(this.#closing);
    this.#closing = undefined;
    if (this.mode === "hold") void this.#session.setMicrophone(false);
  }

  /** @param {boolean} held */
  #become(held) {
    this.held = held;
    this.dispatchEvent(new Event("change"));
  }
}
