/**
 * The face: its video, the picture before it is there, and the last frame after it went.
 * Imports dom.
 */

import { create, find } from "../talk/dom.js";

/** @typedef {import("../sdk/client.js").Session} Session */

const STILL_MS = 1_000;

/** Fires `muted` when the browser lets the face be heard only after a touch. */
export class Face extends EventTarget {
  #video = find("video", HTMLVideoElement);
  #poster = find("poster", HTMLImageElement);
  #ambient = find("ambient", HTMLImageElement);
  #still = find("still", HTMLCanvasElement);
  #stillAt = -Infinity;
  /** @type {HTMLCanvasElement | null} */
  #drawn = null;

  /** @param {Session} session */
  constructor(session) {
    super();
    session.attach(this.#video, () => this.#cover());
    const { dataset } = document.body;
    dataset.face = "none";
    session.on("frame", () => {
      dataset.face = "shown";
      this.#keep();
    });
    session.on("connection", ({ state }) => {
      if (state !== "connected") dataset.face = "none";
    });
    this.#video.addEventListener("resize", () => {
      takeShape(this.#video.videoWidth, this.#video.videoHeight);
    });
    this.#poster.addEventListener("load", () => {
      this.#poster.hidden = false;
      takeShape(this.#poster.naturalWidth, this.#poster.naturalHeight);
    });
    this.#ambient.addEventListener("load", () => {
      this.#ambient.hidden = false;
    });
  }

  /** @param {string} address of a picture of the person */
  expect(address) {
    for (const image of [this.#poster, this.#ambient]) {
      if (image.getAttribute("src") !== address) image.src = address;
    }
  }

  /** @param {boolean} on whether the face may be heard */
  sound(on) {
    this.#video.muted = !on;
    this.#video.play().then(
      () => this.#tell(),
      (error) => {
        if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || !on) return;
        this.#video.muted = true;
        void this.#video.play().catch(() => undefined);
        this.#tell(true);
      },
    );
  }

  /** @param {boolean} [refused] */
  #tell(refused = false) {
    this.dispatchEvent(new CustomEvent("muted", { detail: refused }));
  }

  /** Puts a canvas over the video, for a face drawn on this device. */
  #cover() {
    this.#drawn = create("canvas", { className: "drawn" });
    this.#drawn.setAttribute("role", "img");
    this.#drawn.setAttribute("aria-label", this.#video.getAttribute("aria-label") ?? "");
    this.#video.after(this.#drawn);
    return this.#drawn;
  }

  /** Keeps a frame now and then, to show while there is none. */
  #keep() {
    const now = performance.now();
    if (now - this.#stillAt < STILL_MS) return;
    this.#stillAt = now;
    const drawn = this.#drawn?.isConnected ? this.#drawn : null;
    const [width, height] = drawn
      ? [drawn.width, drawn.height]
      : [this.#video.videoWidth, this.#video.videoHeight];
    if (width === 0) return;
    this.#still.width = width;
    this.#still.height = height;
    this.#still.getContext("2d")?.drawImage(drawn ?? this.#video, 0, 0);
    this.#still.hidden = false;
  }
}

/**
 * Gives the stage the shape of what it shows: square, wide or tall.
 * @param {number} width
 * @param {number} height
 */
function takeShape(width, height) {
  if (width <= 0 || height <= 0) return;
  const aspect = width / height;
  document.documentElement.style.setProperty("--aspect", String(aspect));
  document.body.dataset.shape = aspect < 0.8 ? "tall" : aspect > 1.25 ? "wide" : "square";
}
