/**
 * One connection to a session: its lease, its socket, its media and its clock. It is opened once,
 * and when it is lost another one is made, to the same session while that lives. Imports the other parts of the client except `session`.
 */

import { cameraUrl, createSession, eventsUrl } from "./api.js";
import { AudioClock } from "./audio-clock.js";
import { ClockFilter, wallClock } from "./clock.js";
import { canDraw, DrawnFace } from "./drawn-face.js";
import { asSessionError, SessionError } from "./errors.js";
import { FrameClock, FrameLog } from "./frames.js";
import { MediaPeer } from "./peer.js";
import { EventSocket } from "./socket.js";

/** @typedef {import("./protocol.js").ClientEvent} ClientEvent */
/** @typedef {import("./protocol.js").ServerEvent} ServerEvent */
/** @typedef {import("./frames.js").DisplayedFrame} DisplayedFrame */
/** @typedef {DisplayedFrame & {values: Float32Array}} DisplayedMotion of the channels, in order */
/** @typedef {"video" | "motion" | "audio" | "text"} Presentation */

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
 * (detail: DisplayedFrame, its pts null where the browser tells none), `motion` (detail:
 * DisplayedMotion) where the face is drawn here and, once, `lost` (detail: SessionError).
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
  #lease;
  #rejoins;
  /** @type {FrameClock | null} */
  #frameClock = null;
  /** @type {AudioClock | null} */
  #soundClock = null;
  #avatarUrl = "";
  /** @type {Presentation} */
  #presentation = "video";
  /** @type {(() => HTMLCanvasElement) | null} */
  #makeCanvas = null;
  /** @type {DrawnFace | null} */
  #drawnFace = null;
  #frames = new FrameLog((watch, frame) => this.#reportDisplayed(watch, frame));
  /** Aborted when the link closes; all its listeners and timers hang on it. */
  #life = new AbortController();
  #heardAt = 0;
  /** @type {Map<number, number>} the pings on their way: id to time of sending */
  #pings = new Map();

  /**
   * @param {string} apiUrl
   * @param {import("./api.js").Who} who
   * @param {import("./api.js").Lease | null} [lease] of a session that was left and goes on
   */
  constructor(apiUrl, who, lease = null) {
    super();
    this.#apiUrl = apiUrl;
    this.#who = who;
    this.#lease = lease;
    this.#rejoins = lease !== null;
  }

  /** Of the session, while it may be rejoined. */
  get lease() {
    return this.#lease;
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
      if (this.#rejoins) this.leave();
      else this.close();
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
    this.#peer.addEventListener("motion", (event) =>
      this.#drawnFace?.receive(/** @type {CustomEvent<Uint8Array>} */ (event).detail),
    );
    const offering = this.#peer.offer();
    offering.catch(() => undefined);
    const lease = this.#lease ?? (await createSession(this.#apiUrl, this.#who, this.#life.signal));
    this.#lease = lease;
    this.#mark("leased");
    const socket = this.#openSocket(eventsUrl(this.#apiUrl, lease));
    const hello = await socket.next("hello");
    this.#mark("greeted");
    this.#keepPinging();
    let sdp = await offering;
    if (hello.ice_servers.length > 0) sdp = await this.#peer.offer(hello.ice_servers);
    this.#avatarUrl = `${this.#apiUrl}/v1/avatars/${encodeURIComponent(hello.avatar)}.avatar`;
    const presentation = this.#presentation === "text" ? "audio" : this.#presentation;
    socket.send({ type: "offer", sdp, presentation, can_draw: this.canDraw });
    this.#mark("offered");
    const answer = await socket.next("answer");
    this.#mark("answered");
    this.#frameClock = new FrameClock(answer.video_origin);
    this.#soundClock = new AudioClock(this.#peer.soundReceiver, answer.audio_origin);
    this.#present(this.#presentation);
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

  /** Whether motion can be asked for. */
  get canDraw() {
    return this.#makeCanvas !== null && canDraw();
  }

  /**
   * @param {(() => HTMLCanvasElement) | null} makeCanvas makes a canvas that covers the video
   */
  drawInto(makeCanvas) {
    this.#makeCanvas = makeCanvas;
  }

  /**
   * Says what to show, before the link is opened or at any time after.
   * @param {Presentation} presentation
   * @param {"asked" | "device"} [reason]
   */
  present(presentation, reason = "asked") {
    if (this.#soundClock === null) this.#presentation = presentation;
    else this.send({ type: "set_presentation", presentation, reason });
  }

  /** @param {Presentation} presentation what the server shows from now on */
  #present(presentation) {
    this.#presentation = presentation;
    if (presentation !== "motion" || this.#drawnFace || !this.#makeCanvas) return;
    const clock = this.#soundClock;
    const face = new DrawnFace(this.#makeCanvas(), (at) => clock?.moment(at) ?? null);
    this.#drawnFace = face;
    const { signal } = this.#life;
    face.addEventListener("drawn", (event) => {
      const { pts, at } = /** @type {CustomEvent<{pts: number, at: number}>} */ (event).detail;
      this.#shown({ pts, at_ms: wallClock(at) });
    });
    face.addEventListener("motion", (event) => {
      const { pts, at, values } = /** @type {CustomEvent} */ (event).detail;
      this.#emit("motion", { pts, at_ms: wallClock(at), values });
    });
    face.addEventListener("slow", () => this.present("video", "device"));
    signal.addEventListener("abort", () => face.close(), { once: true });
    face.open(this.#avatarUrl).catch(() => this.present("video", "device"));
  }

  /** Lets the video show again, once there is a picture of it. */
  #undraw() {
    if (this.#presentation === "motion" || this.#drawnFace === null) return;
    this.#drawnFace.close();
    this.#drawnFace = null;
  }

  /** @param {DisplayedFrame} frame */
  #shown(frame) {
    this.marks.first_frame ??= frame.at_ms;
    this.#frames.displayed(frame);
    this.#emit("frame", frame);
  }

  /** @param {VideoFrameCallbackMetadata} metadata */
  #displayed({ rtpTimestamp, expectedDisplayTime }) {
    this.#undraw();
    const at_ms = wallClock(expectedDisplayTime);
    this.marks.first_frame ??= at_ms;
    if (rtpTimestamp === undefined || this.#frameClock === null) {
      this.#emit("frame", { pts: null, at_ms });
      return;
    }
    this.#shown({ pts: this.#frameClock.pts(rtpTimestamp), at_ms });
  }

  /**
   * @param {number} watch
   * @param {DisplayedFrame} frame
   */
  #reportDisplayed(watch, { pts, at_ms }) {
    const { offset, uncertainty } = this.clock;
    this.send({
      type: "displayed",
      watch,
      pts,
      at_ms,
      clock_offset_ms: offset,
      clock_uncertainty_ms: Number.isFinite(uncertainty) ? uncertainty : null,
    });
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
    if (event.type === "presentation") this.#present(event.presentation);
    this.#emit("received", event);
    if (event.type === "closing") {
      this.#lease = null;
      this.#fail(new SessionError(event.reason, event.reason));
    }
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

  /** Ends the session, and the link. Nothing is fired after it. */
  close() {
    if (this.#life.signal.aborted) return;
    this.send({ type: "goodbye" });
    this.#lease = null;
    this.leave();
  }

  /** Ends the link; the session may be rejoined. Nothing is fired after it. */
  leave() {
    if (this.#life.signal.aborted) return;
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
