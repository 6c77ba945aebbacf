/**
 * Reads the face in front of the camera on this device, where the server offers the software and
 * the browser can run it. Imports nothing.
 */

const LONGER_SIDE = 400;

/** @returns {Promise<boolean>} whether the server has what it takes */
export async function isOffered() {
  try {
    const response = await fetch("/vendor/");
    return response.ok && (await response.json()).mediapipe === true;
  } catch {
    return false;
  }
}

/** A worker that reads faces. One picture at a time. */
export class FaceReader {
  #worker;

  /** @param {Worker} worker */
  constructor(worker) {
    this.#worker = worker;
  }

  /** @returns {Promise<FaceReader | null>} null where this browser cannot */
  static async open() {
    const worker = new Worker(new URL("./face-worker.js", import.meta.url), { type: "module" });
    const ready = await answer(worker).catch(() => ({ ready: false }));
    if (ready.ready === true) return new FaceReader(worker);
    worker.terminate();
    return null;
  }

  /**
   * Looks at what a video shows.
   * @param {HTMLVideoElement} video
   * @returns {Promise<{reading: number[] | null}>} null without a face
   */
  look = async (video) => {
    const { videoWidth: width, videoHeight: height } = video;
    const scale = Math.min(1, LONGER_SIDE / Math.max(width, height, 1));
    const picture = await createImageBitmap(video, {
      resizeWidth: Math.round(width * scale),
      resizeHeight: Math.round(height * scale),
    });
    const read = answer(this.#worker);
    this.#worker.postMessage(picture, [picture]);
    return read;
  };
}

/**
 * @param {Worker} worker
 * @returns {Promise<any>} what it says next
 */
function answer(worker) {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
    worker.addEventListener("error", reject, { once: true });
  });
}
