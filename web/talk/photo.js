/**
 * Choosing the photo of a new face: a file or the camera, shown before it is sent.
 * Imports camera, dom and strings.
 */

import { Camera } from "./camera.js";
import { find } from "./dom.js";
import { strings } from "./strings.js";

const PREVIEW_PIXELS = 720;

/**
 * @param {() => void} changed called whenever another photo, or none, is chosen
 * @param {(words: string) => void} complain shows what is wrong; none clears it
 */
export function choosePhoto(changed, complain) {
  const input = find("clone-file", HTMLInputElement);
  const button = find("clone-camera", HTMLButtonElement);
  const video = find("clone-video", HTMLVideoElement);
  const canvas = find("clone-photo", HTMLCanvasElement);
  const frame = find("clone-frame", HTMLElement);
  const hint = find("clone-photo-hint", HTMLElement);
  const camera = new Camera(video);
  /** @type {Blob | null} */
  let photo = null;

  /** @param {"empty" | "starting" | "live" | "chosen"} state */
  const become = (state) => {
    frame.dataset.state = state;
    video.hidden = state !== "live";
    canvas.hidden = state !== "chosen";
    hint.hidden = state === "chosen";
    hint.textContent = strings.clone.photoHints[state];
    button.textContent = strings.clone.cameraButtons[state];
    button.disabled = state === "starting";
  };

  /** @param {Blob | null} chosen */
  const choose = async (chosen) => {
    camera.close();
    photo = chosen;
    complain("");
    changed();
    if (chosen === null) {
      become("empty");
      return;
    }
    become("chosen");
    if (!(await drawPhoto(canvas, chosen))) {
      canvas.hidden = true;
      hint.hidden = false;
      hint.textContent = strings.clone.noPreview;
    }
  };

  const useCamera = async () => {
    if (camera.live) {
      await choose(await camera.take());
      return;
    }
    photo = null;
    changed();
    complain("");
    become("starting");
    try {
      await camera.open();
      become("live");
    } catch (error) {
      camera.close();
      become("empty");
      complain(strings.clone.cameraProblem(error instanceof DOMException ? error.name : ""));
    }
  };

  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = "";
    if (file) void choose(file);
  });
  button.addEventListener("click", () => void useCamera());
  frame.addEventListener("dragover", (event) => event.preventDefault());
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) void choose(file);
  });
  become("empty");

  return {
    /** The photo as it will be sent. */
    get photo() {
      return photo;
    },
    /** Lets go of photo and camera. */
    clear: () => void choose(null),
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Blob} photo
 * @returns {Promise<boolean>} whether this browser can show it
 */
async function drawPhoto(canvas, photo) {
  try {
    const picture = await createImageBitmap(photo);
    const scale = Math.min(1, PREVIEW_PIXELS / Math.max(picture.width, picture.height));
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return true;
  } catch {
    return false;
  }
}
