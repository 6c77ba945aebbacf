/**
 * The player: an avatar in a canvas, drawn on this device from motion packets. Survives a lost
 * graphics context and follows the size of its element. Imports the other files of this room.
 */

import { readBundle } from "./bundle.js";
import { Painter } from "./painter.js";
import { Pace } from "./pace.js";
import { CHANNELS } from "./packet.js";
import { Playback } from "./playback.js";

/** @typedef {import("./painter.js").Background} Background */
/**
 * A frame that is about to be on the screen.
 * @typedef {{pts: number, at: number}} DrawnFrame `at`: `performance.now()` milliseconds
 */

const MAX_PIXEL_RATIO = 2;

/**
 * Fires `drawn` (detail: DrawnFrame) for every picture, `contextlost` and `contextrestored`.
 */
export class Player extends EventTarget {
  playback = new Playback();
  #canvas;
  #gl;
  #background;
  /** @type {import("./bundle.js").Bundle | null} */
  #bundle = null;
  /** @type {Painter | null} */
  #painter = null;
  #values = new Float32Array(CHANNELS);
  #moment;
  #pace = new Pace();
  #handle = 0;
  #life = new AbortController();
  #resizing;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {object} options
   * @param {(at: number) => number | null} options.moment where the sound is on the media clock
   *   at a time of the page, in frames; null while that is unknown
   * @param {Background} [options.background]
   * @throws {Error} without WebGL2
   */
  constructor(canvas, { moment, background = "photo" }) {
    super();
    const gl = canvas.getContext("webgl2", {
      antialias: true,
      premultipliedAlpha: true,
      powerPreference: "low-power",
    });
    if (!gl) throw new Error("this browser has no WebGL2");
    this.#canvas = canvas;
    this.#gl = gl;
    this.#moment = moment;
    this.#background = background;
    const { signal } = this.#life;
    canvas.addEventListener("webglcontextlost", (event) => this.#lost(event), { signal });
    canvas.addEventListener("webglcontextrestored", () => void this.#restored(), { signal });
    this.#resizing = new ResizeObserver(() => this.#fit());
    this.#resizing.observe(canvas);
  }

  /**
   * Shows a person from now on.
   * @param {string | URL} url of the `.avatar` file
   * @throws {import("./bundle.js").BundleError}
   * @throws {TypeError} the network failed
   */
  async load(url) {
    const response = await fetch(url, { signal: this.#life.signal });
    if (!response.ok) throw new TypeError(`the avatar was not delivered (${response.status})`);
    this.#bundle = await readBundle(new Uint8Array(await response.arrayBuffer()));
    await this.#prepare();
  }

  /** Begins to draw with every refresh of the screen. */
  start() {
    if (this.#handle || this.#life.signal.aborted) return;
    this.#fit();
    const step = (/** @type {number} */ now) => {
      this.#handle = requestAnimationFrame(step);
      this.#draw(now);
    };
    this.#handle = requestAnimationFrame(step);
  }

  /** Stops drawing; the last picture stays. */
  stop() {
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
  }

  /** Ends the player and frees the graphics memory. */
  close() {
    this.stop();
    this.#life.abort();
    this.#resizing.disconnect();
    this.#painter = null;
    this.#gl.getExtension("WEBGL_lose_context")?.loseContext();
  }

  /** @param {number} now */
  #draw(now) {
    this.#pace.refresh(now);
    const at = now + this.#pace.interval;
    const moment = this.#moment(at);
    if (!this.#painter || moment === null || !this.#pace.due(moment)) return;
    const frame = this.playback.at(moment, this.#values);
    if (!frame) return;
    this.#painter.draw(this.#values);
    this.dispatchEvent(new CustomEvent("drawn", { detail: { pts: frame.pts, at } }));
  }

  #fit() {
    const ratio = Math.min(devicePixelRatio, MAX_PIXEL_RATIO);
    const { clientWidth, clientHeight } = this.#canvas;
    const [width, height] = [clientWidth, clientHeight].map((side) =>
      Math.max(1, Math.round(side * ratio)),
    );
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
  }

  async #prepare() {
    if (!this.#bundle || this.#gl.isContextLost()) return;
    const painter = await Painter.create(this.#gl, this.#bundle, this.#background);
    if (!this.#gl.isContextLost()) this.#painter = painter;
  }

  /** @param {Event} event */
  #lost(event) {
    event.preventDefault();
    this.#painter = null;
    this.dispatchEvent(new Event("contextlost"));
  }

  async #restored() {
    await this.#prepare();
    this.dispatchEvent(new Event("contextrestored"));
  }
}
