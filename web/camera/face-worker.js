/**
 * A worker that runs MediaPipe's face landmarker: pictures in, numbers out. The server gives this
 * file a content policy that lets it run WebAssembly and connect to nobody else. Imports reading,
 * and MediaPipe where the server has it.
 *
 * Tells `{ ready: boolean }` once; then, for each `ImageBitmap`, `{ reading }`: null without a face.
 */

import { readFace } from "./reading.js";

/** @typedef {import("@mediapipe/tasks-vision").FaceLandmarker} FaceLandmarker */

const MEDIAPIPE = "/vendor/mediapipe";

/** @returns {Promise<FaceLandmarker>} */
async function open() {
  const { FaceLandmarker, FilesetResolver } =
    /** @type {typeof import("@mediapipe/tasks-vision")} */ (
      await import(`${MEDIAPIPE}/vision_bundle.mjs`)
    );
  const files = await FilesetResolver.forVisionTasks(`${MEDIAPIPE}/wasm`, true);
  return FaceLandmarker.createFromOptions(files, {
    baseOptions: { modelAssetPath: `${MEDIAPIPE}/face_landmarker.task`, delegate: "CPU" },
    runningMode: "VIDEO",
    numFaces: 1,
    outputFaceBlendshapes: true,
    outputFacialTransformationMatrixes: true,
  });
}

/**
 * @param {FaceLandmarker} landmarker
 * @param {ImageBitmap} picture
 * @returns {number[] | null}
 */
function read(landmarker, picture) {
  const found = landmarker.detectForVideo(picture, performance.now());
  const [points] = found.faceLandmarks;
  const [shapes] = found.faceBlendshapes;
  const [pose] = found.facialTransformationMatrixes;
  if (!points || !shapes || !pose) return null;
  const face = { points, shapes: shapes.categories, pose: pose.data };
  return readFace(face, picture.width, picture.height);
}

try {
  const landmarker = await open();
  addEventListener("message", (/** @type {MessageEvent<ImageBitmap>} */ { data: picture }) => {
    postMessage({ reading: read(landmarker, picture) });
    picture.close();
  });
  postMessage({ ready: true });
} catch (error) {
  console.warn("This browser cannot read faces itself:", error);
  postMessage({ ready: false });
}
