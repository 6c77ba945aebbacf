/**
 * Driving: the person's camera moves the face of a connected session, for as long as they like.
 * Imports errors, pictures and socket.
 */

import { asSessionError } from "./errors.js";
import { CameraPictures } from "./pictures.js";
import { EventSocket } from "./socket.js";

/** @typedef {import("./protocol.js").ServerEvent} ServerEvent */
/** @typedef {import("./pictures.js").CameraPicture} CameraPicture */
/** @typedef {import("./pictures.js").Look} Look */
/**
 * @typedef {"off" | "asking" | "connecting" | "calibrating" | "following" | "searching"} DriveState
 */

/** Pictures sent and not yet answered; one more waits for the next picture of the camera. */
const MOST_UNANSWERED = 2;
/** Measurements of which the median is told. */
const MEASURED = 25;

/**
 * What a drive needs of a session.
 * @typedef {EventTarget & {connection: {state: string},
 *   cameraUrl(mirror: boolean): URL | null}} Drivable
 */

/**
 * Fires `change` when `state`, `reason` or `latencyMs` changes. `reason` tells, when it is off, why
 * it ended: an error's code, `hidden` when the page was, `unplugged`, `lost`; empty if the person
 * wanted it.
 */
export class Drive extends EventTarget {
  /** @type {DriveState} */
  state = "off";
  reason = "";
  /** Median time from a picture to the frame that shows it, in milliseconds; null until known. */
  latencyMs = /** @type {number | null} */ (null);
  #session;
  #makeCamera;
  #makeSocket;
  /** Aborted when the drive ends; everything hangs on it. */
  #life = new AbortController();
  #sent = 0;
  /** @type {Map<number, number>} unanswered pictures: number to the time they were taken */
  #unanswered = new Map();
  /** @type {{pts: number, at_ms: number}[]} pictures on their way to the screen */
  #awaited = [];
  /** @type {number[]} */
  #latencies = [];

  /**
   * @param {Drivable} session
   * @param {{makeCamera?: (video: HTMLVideoElement, look?: Look) => CameraPictures,
   *   makeSocket?: (url: URL) => EventSocket}} [options] for tests
   */
  constructor(
    session,
    {
      makeCamera = (video, look) => new CameraPictures(video, look),
      makeSocket = (url) => new EventSocket(url),
    } = {},
  ) {
    super();
    this.#session = session;
    this.#makeCamera = makeCamera;
    this.#makeSocket = makeSocket;
  }

  /**
   * Asks for the camera, then lets it move the face.
   * @param {HTMLVideoElement} video shows the person to themselves
   * @param {{mirror?: boolean, look?: Look}} [options] whether the face moves like a mirror; what
   *   reads faces on this device, so that no picture leaves it
   */
  async start(video, { mirror = true, look } = {}) {
    if (this.state !== "off") return;
    this.#life = new AbortController();
    const { signal } = this.#life;
    this.latencyMs = null;
    this.#unanswered.clear();
    this.#awaited = [];
    this.#latencies = [];
    this.#become("asking");
    const camera = this.#makeCamera(video, look);
    signal.addEventListener("abort", () => camera.close(), { once: true });
    try {
      await camera.open();
    } catch (error) {
      if (!signal.aborted) this.stop(asSessionError(error).code);
      return;
    }
    if (signal.aborted) return;
    const url = this.#session.cameraUrl(mirror);
    if (look) url?.searchParams.set("pictures", "false");
    if (url === null) this.stop("lost");
    else this.#connect(camera, url, signal);
  }

  /** @param {string} [reason] */
  stop(reason = "") {
    if (this.state === "off") return;
    this.#life.abort();
    this.#become("off", reason);
  }

  /**
   * @param {CameraPictures} camera
   * @param {URL} url
   * @param {AbortSignal} signal
   */
  #connect(camera, url, signal) {
    this.#become("connecting");
    const socket = this.#makeSocket(url);
    signal.addEventListener("abort", () => socket.close(), { once: true });
    const listen = (
      /** @type {EventTarget} */ target,
      /** @type {string} */ type,
      /** @type {(detail: any) => void} */ handle,
    ) => {
      const inner = (/** @type {Event} */ e) => handle(/** @type {CustomEvent} */ (e).detail);
      target.addEventListener(type, inner, { signal });
    };
    listen(socket, "received", (event) => this.#receive(event));
    listen(socket, "lost", () => this.stop("lost"));
    listen(camera, "ended", () => this.stop("unplugged"));
    listen(this.#session, "frame", (frame) => this.#shown(frame));
    listen(this.#session, "connection", () => {
      if (this.#session.connection.state !== "connected") this.stop("lost");
    });
    if (globalThis.document) {
      listen(document, "visibilitychange", () => document.hidden && this.stop("hidden"));
    }
    camera.follow(
      () => this.#unanswered.size < MOST_UNANSWERED,
      (picture) => this.#send(socket, picture),
    );
  }

  /**
   * @param {EventSocket} socket
   * @param {CameraPicture} picture
   */
  #send(socket, picture) {
    if (this.state === "off") return;
    if (!socket.sendRaw(message(this.#sent, picture))) return;
    this.#unanswered.set(this.#sent, picture.at_ms);
    this.#sent += 1;
  }

  /** @param {ServerEvent} event */
  #receive(event) {
    if (event.type === "driving") this.#become(event.state);
    else if (event.type === "error") this.stop(event.code);
    else if (event.type === "seen") {
      const at_ms = this.#unanswered.get(event.picture);
      this.#unanswered.delete(event.picture);
      if (at_ms === undefined || !event.face || event.pts == null) return;
      if (this.state === "following") this.#awaited.push({ pts: event.pts, at_ms });
    }
  }

  /** @param {import("./frames.js").DisplayedFrame} frame */
  #shown({ pts, at_ms }) {
    const shown = this.#awaited.filter((picture) => pts !== null && picture.pts <= pts);
    if (shown.length === 0) return;
    this.#awaited = this.#awaited.filter((picture) => !shown.includes(picture));
    this.#latencies.push(...shown.map((picture) => at_ms - picture.at_ms));
    this.#latencies = this.#latencies.slice(-MEASURED);
    const sorted = [...this.#latencies].sort((a, b) => a - b);
    this.latencyMs = sorted[sorted.length >> 1] ?? null;
    this.#change();
  }

  /**
   * @param {DriveState} state
   * @param {string} [reason]
   */
  #become(state, reason = "") {
    this.state = state;
    this.reason = reason;
    this.#change();
  }

  #change() {
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * @param {number} picture its number
 * @param {import("./pictures.js").Seen} seen
 * @returns {Blob | string} number and JPEG, or the JSON of what was read
 */
function message(picture, seen) {
  if (!("jpeg" in seen)) return JSON.stringify({ picture, reading: seen.reading });
  const number = new DataView(new ArrayBuffer(4));
  number.setUint32(0, picture);
  return new Blob([number, seen.jpeg]);
}
