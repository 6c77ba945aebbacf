/**
 * The session client: a conversation with a face, which it keeps up across lost connections.
 * Needs no page but a video element to show the face in. Imports the other parts of the client.
 */

import { wallClock } from "./clock.js";
import { asSessionError, SessionError } from "./errors.js";
import { Link } from "./link.js";
import { listDevices, Microphone } from "./microphone.js";
import { Reconnect } from "./reconnect.js";
import { Wishes } from "./wishes.js";

/** @typedef {import("./protocol.js").ServerEvent} ServerEvent */
/** @typedef {import("./link.js").Presentation} Presentation */
/** @typedef {import("./microphone.js").MicrophoneState} MicrophoneState */
/** @typedef {"connecting" | "connected" | "reconnecting" | "closed"} ConnectionState */
/** @typedef {"idle" | "listening" | "thinking" | "speaking"} ConversationState */

/**
 * A state with its reason.
 * @template {string} S
 * @typedef {object} Reasoned
 * @property {S} state
 * @property {string} reason why it is in this state; empty if it goes without saying
 */

/**
 * The connection's state. `reason` is an error's code, or a closing's reason.
 * @typedef {Reasoned<ConnectionState> & {retryAtMs: number | null}} Connection `retryAtMs`: wall
 *   clock of the next attempt, or of when the server asked to come back
 */

/** What the server says of a session that cannot be rejoined any more. */
const GONE = new Set(["not_found", "unauthorized"]);
/** A connection that lasted this long may fail anew with all its attempts. */
const STABLE_MS = 10_000;

/**
 * Fires, each as a CustomEvent:
 * - `connection`, `conversation`, `microphone`: a state changed (detail: the state with reason);
 * - each event of the server under its type: `hello`, `caption`, `turn`, … (detail: the event);
 * - `received`, `sent`: any event of the protocol (detail: the event);
 * - `invalid`: the server sent something that is no event (detail: type and problems);
 * - `frame`: a frame reached the screen (detail: `{pts, at_ms}`);
 * - `motion`: what the face does in a frame that reached the screen, where it is drawn on this device
 *   (detail: `{pts, at_ms, values}`, in the order of `MOTION_CHANNELS`); frames that this screen left
 *   out come too, before the next.
 */
export class Session extends Wishes {
  /** @type {Connection} */
  connection = { state: "closed", reason: "", retryAtMs: null };
  /** @type {Reasoned<ConversationState>} */
  conversation = { state: "idle", reason: "" };
  /** When each step of the latest opening was done, in milliseconds of the wall clock. */
  marks = /** @type {Record<string, number>} */ ({});
  #apiUrl;
  /** @type {import("./api.js").Who} */
  #who;
  #makeLink;
  /** @type {import("./api.js").Lease | null} of the session to rejoin when the link is lost */
  #lease = null;
  #microphone = new Microphone();
  /** @type {Link | null} */
  #link = null;
  /** @type {HTMLVideoElement | null} */
  #video = null;
  /** @type {(() => HTMLCanvasElement) | null} */
  #makeCanvas = null;
  /** @type {Presentation} what was asked for last */
  #presentation = "video";
  #reconnect = new Reconnect();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {boolean | null} what the server was told last about the microphone */
  #told = null;
  #leaving = () => this.close();
  #online = () => this.#retrySoon();

  /**
   * @param {{apiUrl?: string, persona?: string | null, avatar?: string | null,
   *   variables?: Record<string, string> | null, greet?: boolean,
   *   token?: import("./api.js").Token | null, makeLink?: (apiUrl: string, who: import("./api.js").Who,
   *     lease: import("./api.js").Lease | null) => Link}} [options] the server's address (the
   *   page's own if left out), who to talk to (the server's default), with which face (the
   *   persona's own), whether it speaks first (yes), how to connect
   */
  constructor({
    apiUrl = "",
    persona = null,
    avatar = null,
    variables = null,
    greet = true,
    token = null,
    makeLink = (url, who, lease) => new Link(url, who, lease),
  } = {}) {
    super();
    this.#apiUrl = apiUrl.replace(/\/$/, "");
    this.#who = { persona, avatar, variables, greet, token };
    this.#makeLink = makeLink;
    this.#microphone.addEventListener("change", () => void this.#microphoneChanged());
  }

  /** @returns {Reasoned<MicrophoneState>} */
  get microphone() {
    return { state: this.#microphone.state, reason: this.#microphone.reason };
  }

  /** Server clock minus this one, and how far that may be wrong; null before the first pong. */
  get clockOffset() {
    const clock = this.#link?.clock;
    if (!clock || clock.uncertainty === Infinity) return null;
    return { offsetMs: clock.offset, uncertaintyMs: clock.uncertainty };
  }

  /** Who to talk to from the next start on; null for the server's default. */
  set persona(/** @type {string | null} */ persona) {
    this.#who = { ...this.#who, persona };
  }

  /** With which face, from the next start on; null for the persona's own. */
  set avatar(/** @type {string | null} */ avatar) {
    this.#who = { ...this.#who, avatar };
  }

  /** What stands for variables of the persona's texts, from the next start on; null for nothing. */
  set variables(/** @type {Record<string, string> | null} */ variables) {
    this.#who = { ...this.#who, variables };
  }

  /** The microphone's stream, for a level meter or a recording; null while there is none. */
  get inputTrack() {
    return this.#microphone.track;
  }

  /**
   * @param {HTMLVideoElement} video where face and voice appear
   * @param {(() => HTMLCanvasElement) | null} [makeCanvas] makes a canvas that covers the video,
   *   for a face that is drawn on this device
   */
  attach(video, makeCanvas = null) {
    this.#video = video;
    this.#makeCanvas = makeCanvas;
    this.#link?.drawInto(makeCanvas);
    this.#link?.display(video);
  }

  /** What was asked for last. */
  get presentation() {
    return this.#presentation;
  }

  /**
   * Says what to show: pictures from the server, motion that this device draws, sound alone, or
   * text alone. May be called before the start, and while the face is speaking.
   * @param {Presentation} presentation
   */
  present(presentation) {
    this.#presentation = presentation;
    this.#link?.present(presentation);
  }

  /**
   * Connects. The face does not wait for the microphone's permission.
   * @param {{microphone?: boolean}} [options] whether to ask for the microphone
   * @throws {SessionError} why the server refused, or what failed
   */
  async start({ microphone = true } = {}) {
    if (this.connection.state !== "closed") return;
    const attempt = (this.#reconnect = new Reconnect());
    this.#lease = null;
    this.marks = { start: wallClock() };
    globalThis.addEventListener?.("pagehide", this.#leaving);
    globalThis.addEventListener?.("online", this.#online);
    this.#become("connecting");
    if (microphone) void this.#microphone.open();
    try {
      await this.#connect();
    } catch (error) {
      const { code, retryAfter } = asSessionError(error);
      const current = attempt === this.#reconnect && this.connection.state !== "closed";
      if (current) this.#end(code, retryAfter);
      throw error;
    }
  }

  /**
   * @param {boolean} on false mutes
   */
  async setMicrophone(on) {
    if (on) await this.#microphone.open();
    else this.#microphone.mute();
  }

  /** @param {string} deviceId */
  async chooseMicrophone(deviceId) {
    await this.#microphone.choose(deviceId);
  }

  /** @returns {ReturnType<typeof listDevices>} */
  devices() {
    return listDevices();
  }

  /** @returns {Promise<number>} loudness of the microphone now, 0 to 1 */
  async microphoneLevel() {
    if (this.#microphone.state !== "on") return 0;
    return (await this.#link?.microphoneLevel()) ?? 0;
  }

  /**
   * @param {boolean} mirror whether the face moves like a mirror
   * @returns {URL | null} where the pictures of a camera that moves the face go, if connected
   */
  cameraUrl(mirror) {
    return this.connection.state === "connected" ? (this.#link?.cameraUrl(mirror) ?? null) : null;
  }

  /** Says goodbye and lets go of the microphone. */
  close() {
    if (this.connection.state !== "closed") this.#end("goodbye");
  }

  /**
   * Sends an event of the protocol.
   * @param {import("./socket.js").Outgoing} event
   * @returns {boolean} whether it was sent: only while connected
   */
  send(event) {
    return this.connection.state === "connected" && this.#link?.send(event) != null;
  }

  async #connect() {
    try {
      await this.#open();
    } catch (error) {
      if (this.#lease === null || !GONE.has(asSessionError(error).code)) throw error;
      this.#lease = null;
      await this.#open();
    }
  }

  async #open() {
    const link = this.#makeLink(this.#apiUrl, this.#who, this.#lease);
    this.#link = link;
    this.#follow(link);
    await link.setMicrophone(this.#microphone.track);
    link.drawInto(this.#makeCanvas);
    link.present(this.#presentation);
    if (this.#video) link.display(this.#video);
    await link.open();
    if (this.#link !== link) {
      link.close();
      throw new SessionError("goodbye", "closed while it opened");
    }
    this.#lease = link.lease;
    Object.assign(this.marks, link.marks);
    this.#become("connected");
    this.#told = null;
    this.#tellMicrophone();
    this.#timer = setTimeout(() => this.#reconnect.succeeded(), STABLE_MS);
    link.addEventListener("lost", (event) => {
      this.#lost(link, /** @type {CustomEvent<SessionError>} */ (event).detail);
    });
  }

  /** @param {Link} link */
  #follow(link) {
    link.addEventListener("received", (message) => {
      const event = /** @type {CustomEvent<ServerEvent>} */ (message).detail;
      if (event.type === "state") this.#converse(event.state);
      if (event.type === "hello" && event.variables) this.#keep(event.variables);
      this.#emit("received", event);
      this.#emit(event.type, event);
    });
    link.addEventListener("frame", (message) => {
      this.marks.first_frame ??= link.marks.first_frame ?? wallClock();
      this.#emit("frame", /** @type {CustomEvent} */ (message).detail);
    });
    for (const type of ["motion", "sent", "invalid"]) {
      link.addEventListener(type, (message) =>
        this.#emit(type, /** @type {CustomEvent} */ (message).detail),
      );
    }
  }

  /**
   * A session that has to be opened anew begins with what this one was given.
   * @param {Record<string, unknown>} variables
   */
  #keep(variables) {
    const texts = Object.entries(variables).map(([name, value]) => [name, String(value)]);
    this.variables = Object.fromEntries(texts);
  }

  /**
   * @param {Link} link
   * @param {SessionError} error
   */
  #lost(link, { code, retryAfter }) {
    if (link !== this.#link) return;
    this.#lease = link.lease;
    link.leave();
    clearTimeout(this.#timer);
    const delay = this.#reconnect.delayAfter(code, retryAfter);
    if (delay === null) {
      this.#end(code === "network" ? "lost" : code);
      return;
    }
    this.#converse("idle", "disconnected");
    this.#become("reconnecting", code, wallClock() + delay);
    this.#timer = setTimeout(() => void this.#retry(), delay);
  }

  async #retry() {
    clearTimeout(this.#timer);
    this.#become("reconnecting", this.connection.reason);
    this.marks = { start: wallClock() };
    try {
      await this.#connect();
    } catch (error) {
      if (this.#link) this.#lost(this.#link, asSessionError(error));
    }
  }

  #retrySoon() {
    if (this.connection.retryAtMs !== null && this.connection.state === "reconnecting") {
      void this.#retry();
    }
  }

  /**
   * @param {string} reason
   * @param {number | null} [retryAfter] seconds
   */
  #end(reason, retryAfter = null) {
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.("pagehide", this.#leaving);
    globalThis.removeEventListener?.("online", this.#online);
    const link = this.#link;
    this.#link = null;
    link?.close();
    this.#microphone.close();
    this.#converse("idle", reason);
    this.#become("closed", reason, retryAfter === null ? null : wallClock() + retryAfter * 1_000);
  }

  async #microphoneChanged() {
    this.#emit("microphone", this.microphone);
    await this.#link?.setMicrophone(this.#microphone.track);
    this.#tellMicrophone();
  }

  #tellMicrophone() {
    const enabled = this.#microphone.state === "on";
    if (this.#told !== enabled && this.send({ type: "microphone", enabled })) {
      this.#told = enabled;
    }
  }

  /**
   * @param {ConnectionState} state
   * @param {string} [reason]
   * @param {number | null} [retryAtMs]
   */
  #become(state, reason = "", retryAtMs = null) {
    this.connection = { state, reason, retryAtMs };
    this.#emit("connection", this.connection);
  }

  /**
   * @param {ConversationState} state
   * @param {string} [reason]
   */
  #converse(state, reason = "") {
    if (this.conversation.state === state) return;
    this.conversation = { state, reason };
    this.#emit("conversation", this.conversation);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
