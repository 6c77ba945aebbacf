/**
 * One connected session: its lease, its socket, its media and its clock. It is opened once, and
 * when it is lost another one is made. Imports the other parts of the client except `session`.
 */

import { cameraUrl, createSession, eventsUrl } from "./api.js";
import { ClockFilter, wallClock } from "./clock.js";
import { asSessionError, SessionError } from "./errors.js";
import { FrameClock, FrameLog } from "./frames.js";
import { MediaPeer } from "./peer.js";
import { EventSocket } from "./socket.js";

/** @typedef {import("./protocol.js").ClientEvent} ClientEvent */
/** @typedef {import("./protocol.js").ServerEvent} ServerEvent */
/** @typedef {import("./frames.js").DisplayedFrame} DisplayedFrame */

const OPENING_MS = 15_000;
const FIRST_PINGS = 5;
const FIRST_PING_MS = 150;
const PING_MS = 5_000;
/** Silence on the socket after which it counts as lost, although nobody closed it. */
const SILENCE_MS = 12_000;
/** The server's error code for media that ended; the session is opened anew. */
const MEDIA_LOST = "media_lost";

/**
 * Fires `received` and `sent` (detail: event), `invalid` (detail: type and problems), `frame`
 * (detail: DisplayedFrame, its pts null where the browser tells none) and, once, `lost` (detail:
 * SessionError).
 */
export class Link extends EventTarget {
  /** When each step of the opening was done, in milliseconds of the wall clock. */
  marks = /** @type {Record<string, number>} */ ({});
  clock = new ClockFilter();
  #apiUrl;
  #who;
  #peer = new MediaPeer();
  /** @type {EventSocket | null} */
  #socket = null;
  /** @type {import("./api.js").Lease | null} */
  #lease = null;
  /** @type {FrameClock | null} */
  #frameClock = null;
  #frames = new FrameLog((watch, frame) => this.#reportDisplayed(watch, frame));
  /** Aborted when the link closes; all its listeners and timers hang on it. */
  #life = new AbortController();
  #heardAt = 0;
  /** @type {Map<number, number>} the pings on their way: id to time of sending */
  #pings = new Map();

  /**
   * @param {string} apiUrl
   * @param {import("./api.js").Who} who
   */
  constructor(apiUrl, who) {
    super();
    this.#apiUrl = apiUrl;
    this.#who = who;
  }

  /** The server's voice and face. */
  get stream() {
    return this.#peer.stream;
  }

  /**
   * Opens the session. The lease and the offer are asked for at the same time.
   * @throws {SessionError}
   */
  async open() {
    const timeout = setTimeout(
      () => this.#fail(new SessionError("timeout", "no connection in time")),
      OPENING_MS,
    );
    const failed = /** @type {Promise<never>} */ (
      new Promise((_, reject) => {
        this.addEventListener("lost", (event) =>
          reject(/** @type {CustomEvent<SessionError>} */ (event).detail),
        );
        this.#life.signal.addEventListener("abort", () =>
          reject(new SessionError("goodbye", "closed while it opened")),
        );
      })
    );
    try {
      await Promise.race([this.#negotiate(), failed]);
    } catch (error) {
      this.close();
      throw asSessionError(error);
    } finally {
      clearTimeout(timeout);
    }
  }

  async #negotiate() {
    const connected = new Promise((resolve) => {
      this.#peer.addEventListener("connected", resolve, { once: true });
    });
    this.#peer.addEventListener("failed", () =>
      this.#fail(new SessionError("media_failed", "no way for sound and picture")),
    );
    const offering = this.#peer.offer();
    offering.catch(() => undefined);
    const lease = await createSession(this.#apiUrl, this.#who, this.#life.signal);
    this.#lease = lease;
    this.#mark("leased");
    const socket = this.#openSocket(eventsUrl(this.#apiUrl, lease));
    const hello = await socket.next("hello");
    this.#mark("greeted");
    this.#keepPinging();
    let sdp = await offering;
    if (hello.ice_servers.length > 0) sdp = await this.#peer.offer(hello.ice_servers);
    socket.send({ type: "offer", sdp });
    this.#mark("offered");
    const answer = await socket.next("answer");
    this.#mark("answered");
    this.#frameClock = new FrameClock(answer.video_origin);
    await this.#peer.accept(answer.sdp);
    await connected;
    this.#mark("connected");
  }

  /** @param {URL} url */
  #openSocket(url) {
    this.#life.signal.throwIfAborted();
    const socket = new EventSocket(url);
    const { signal } = this.#life;
    this.#socket = socket;
    this.#heardAt = wallClock();
    socket.addEventListener(
      "received",
      (event) => this.#receive(/** @type {CustomEvent<ServerEvent>} */ (event).detail),
      { signal },
    );
    for (const type of ["sent", "invalid"]) {
      socket.addEventListener(
        type,
        (event) => this.#emit(type, /** @type {CustomEvent} */ (event).detail),
        { signal },
      );
    }
    socket.addEventListener(
      "lost",
      () => this.#fail(new SessionError("network", "the socket closed")),
      { signal },
    );
    return socket;
  }

  /** @param {import("./socket.js").Outgoing} event */
  send(event) {
    return this.#socket?.send(event) ?? null;
  }

  /**
   * @param {boolean} mirror
   * @returns {URL | null} where a camera's pictures go; null before there is a session
   */
  cameraUrl(mirror) {
    return this.#lease && cameraUrl(this.#apiUrl, this.#lease, mirror);
  }

  /** @param {MediaStreamTrack | null} track */
  async setMicrophone(track) {
    await this.#peer.setMicrophone(track);
  }

  /** @returns {Promise<number>} 0 to 1 */
  microphoneLevel() {
    return this.#peer.microphoneLevel();
  }

  /**
   * Shows the session in a video element and follows its frames.
   * @param {HTMLVideoElement} video
   */
  display(video) {
    video.srcObject = this.stream;
    if (!("requestVideoFrameCallback" in video)) return;
    let handle = video.requestVideoFrameCallback(step);
    const { signal } = this.#life;
    signal.addEventListener("abort", () => video.cancelVideoFrameCallback(handle), { once: true });
    const onFrame = this.#displayed.bind(this);
    /** @type {VideoFrameRequestCallback} */
    function step(_, metadata) {
      if (signal.aborted) return;
      handle = video.requestVideoFrameCallback(step);
      onFrame(metadata);
    }
  }

  /** @param {VideoFrameCallbackMetadata} metadata */
  #displayed({ rtpTimestamp, expectedDisplayTime }) {
    const at_ms = wallClock(expectedDisplayTime);
    this.marks.first_frame ??= at_ms;
    if (rtpTimestamp === undefined || this.#frameClock === null) {
      this.#emit("frame", { pts: null, at_ms });
      return;
    }
    const frame = { pts: this.#frameClock.pts(rtpTimestamp), at_ms };
    this.#frames.displayed(frame);
    this.#emit("frame", frame);
  }

  /**
   * @param {number} watch
   * @param {DisplayedFrame} frame
   */
  #reportDisplayed(watch, { pts, at_ms }) {
    this.send({ type: "displayed", watch, pts, at_ms, clock_offset_ms: this.clock.offset });
  }

  /** @param {ServerEvent} event */
  #receive(event) {
    const now = wallClock();
    this.#heardAt = now;
    if (event.type === "pong") {
      const sent = this.#pings.get(event.ping);
      this.#pings.delete(event.ping);
      if (sent !== undefined) this.clock.add(sent, now, event.at_ms);
    } else if (event.type === "watch") {
      this.#frames.watch(event.watch, event.pts);
    }
    this.#emit("received", event);
    if (event.type === "closing") this.#fail(new SessionError(event.reason, event.reason));
    if (event.type === "error" && event.code === MEDIA_LOST) {
      this.#fail(new SessionError(event.code, event.message));
    }
  }

  #keepPinging() {
    let count = 0;
    /** @type {ReturnType<typeof setTimeout>} */
    let timer;
    const ping = () => {
      if (wallClock() - this.#heardAt > SILENCE_MS) {
        this.#fail(new SessionError("network", "the server is silent"));
        return;
      }
      const sent = this.send({ type: "ping" });
      if (sent) this.#pings.set(sent.id, sent.at_ms);
      count += 1;
      timer = setTimeout(ping, count < FIRST_PINGS ? FIRST_PING_MS : PING_MS);
    };
    this.#life.signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    ping();
  }

  /** Ends the link. Nothing is fired after it. */
  close() {
    if (this.#life.signal.aborted) return;
    this.send({ type: "goodbye" });
    this.#life.abort();
    this.#socket?.close();
    this.#peer.close();
  }

  /** @param {SessionError} error */
  #fail(error) {
    if (!this.#life.signal.aborted) this.#emit("lost", error);
  }

  /** @param {string} step */
  #mark(step) {
    this.marks[step] = wallClock();
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
