/**
 * The face drawn on this device: motion packets in, pictures in a canvas out. Loads the player
 * when it is first needed. Imports errors; the player dynamically.
 */

import { SessionError } from "./errors.js";

/** @typedef {import("../player/player.js").Player} Player */

/** Pictures a second below which this device cannot keep up, and for how long. */
const TOO_FEW = 12;
const TOO_LONG_MS = 3_000;
/** Milliseconds without a picture that are a pause: a hidden page, or nothing to draw. */
const PAUSE_MS = 2_000;

/** @returns {boolean} whether this browser can draw faces */
export function canDraw() {
  try {
    return new OffscreenCanvas(1, 1).getContext("webgl2") !== null;
  } catch {
    return false;
  }
}

/**
 * Fires `drawn` (detail: `{pts, at}`, `at` in milliseconds of the page) when a frame is shown first;
 * before it `motion` (detail: `{pts, at, values}`) for that frame, and for each before it that came
 * but was not drawn; and `slow` when the device does not keep up.
 */
export class DrawnFace extends EventTarget {
  #canvas;
  #moment;
  /** @type {Player | null} */
  #player = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  /** @type {Uint8Array[]} packets that came before the player */
  #early = [];
  #closed = false;
  #since = 0;
  #count = 0;
  #slowSince = 0;
  #shown = -1;

  /**
   * @param {HTMLCanvasElement} canvas a new one; it is removed from the page at the end
   * @param {(at: number) => number | null} moment where the sound is on the media clock at a time
   *   of the page, in frames
   */
  constructor(canvas, moment) {
    super();
    this.#canvas = canvas;
    this.#moment = moment;
  }

  /**
   * Loads the player and the person, and draws. Calling it again waits for the same.
   * @param {string} url of the `.avatar` file
   * @returns {Promise<void>}
   * @throws {SessionError} `unsupported` or `network`
   */
  open(url) {
    this.#opening ??= this.#open(url);
    return this.#opening;
  }

  /** @param {string} url */
  async #open(url) {
    try {
      const { Player } = await import("../player/player.js");
      const player = new Player(this.#canvas, { moment: this.#moment });
      await player.load(url);
      if (this.#closed) {
        player.close();
        return;
      }
      player.addEventListener("drawn", (event) => this.#drew(/** @type {CustomEvent} */ (event)));
      for (const packet of this.#early) player.playback.receive(packet);
      this.#early = [];
      this.#player = player;
      player.start();
    } catch (error) {
      throw new SessionError(error instanceof TypeError ? "network" : "unsupported", String(error));
    }
  }

  /** @param {Uint8Array} packet */
  receive(packet) {
    if (this.#player) this.#player.playback.receive(packet);
    else this.#early = [...this.#early.slice(-50), packet];
  }

  /** Ends drawing, frees the graphics memory and takes the canvas away. */
  close() {
    this.#closed = true;
    this.#canvas.remove();
    this.#player?.close();
    this.#player = null;
  }

  /** @param {{pts: number, at: number}} drawn */
  #tellMotion({ pts, at }) {
    const before = this.#shown < 0 ? pts - 1 : this.#shown;
    for (const frame of this.#player?.playback.between(before, pts) ?? []) {
      if (!frame.complete) continue;
      const detail = { pts: frame.pts, at, values: frame.values.slice() };
      this.dispatchEvent(new CustomEvent("motion", { detail }));
    }
  }

  /** @param {CustomEvent<{pts: number, at: number}>} event */
  #drew({ detail }) {
    if (detail.pts !== this.#shown) {
      this.#tellMotion(detail);
      this.dispatchEvent(new CustomEvent("drawn", { detail }));
    }
    this.#shown = detail.pts;
    this.#count += 1;
    if (this.#since === 0) this.#since = detail.at;
    const span = detail.at - this.#since;
    if (span < 1_000) return;
    const slow = span < PAUSE_MS && (this.#count * 1_000) / span < TOO_FEW;
    this.#slowSince = slow ? this.#slowSince || this.#since : 0;
    [this.#since, this.#count] = [detail.at, 0];
    if (this.#slowSince && detail.at - this.#slowSince >= TOO_LONG_MS) {
      this.#slowSince = 0;
      this.dispatchEvent(new Event("slow"));
    }
  }
}
