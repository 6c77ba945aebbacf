/**
 * The markup of the dialog that makes a face of a photo, for the pages that offer it. Its words
 * come with those of the document. Imports nothing.
 */

const ICONS = new URL("./icons.svg", import.meta.url).pathname;
const DIALOG = /* HTML */ `
  <dialog id="clone" class="clone" aria-labelledby="clone-title">
    <header>
      <h2 id="clone-title" data-text="cloneTitle"></h2>
      <button id="clone-close" class="quiet" type="button" data-label="close">
        <svg aria-hidden="true"><use href="${ICONS}#close" /></svg>
      </button>
    </header>
    <form id="clone-form" novalidate>
      <div id="clone-frame" class="photo" data-state="empty">
        <video id="clone-video" muted playsinline data-label="cloneVideo" hidden></video>
        <canvas id="clone-photo" role="img" data-label="clonePhoto" hidden></canvas>
        <svg class="guide" viewBox="0 0 400 400" aria-hidden="true">
          <path
            d="M200 62c58 0 92 42 92 104 0 70-42 132-92 132s-92-62-92-132c0-62 34-104 92-104z"
          />
          <path
            d="M152 282c0 40-14 56-56 66-40 10-60 26-68 62M248 282c0 40 14 56 56 66 40 10 60 26 68 62"
          />
        </svg>
        <p id="clone-photo-hint" role="status"></p>
      </div>
      <div class="row">
        <label class="outline">
          <input
            id="clone-file"
            class="unseen"
            type="file"
            accept="image/jpeg,image/png,image/webp,image/heic,image/heif"
          /><span data-text="cloneChoose"></span>
        </label>
        <button id="clone-camera" class="outline" type="button"></button>
      </div>
      <div class="fields">
        <label for="clone-name" data-text="cloneName"></label>
        <input id="clone-name" type="text" maxlength="60" autocomplete="off" required />
        <label for="clone-by" data-text="cloneBy"></label>
        <input id="clone-by" type="text" maxlength="60" autocomplete="name" required />
      </div>
      <details>
        <summary data-text="cloneMore"></summary>
        <label for="clone-smiling" data-text="cloneSmiling"></label>
        <input id="clone-smiling" type="file" accept="image/*" />
        <label for="clone-open-mouth" data-text="cloneOpenMouth"></label>
        <input id="clone-open-mouth" type="file" accept="image/*" />
      </details>
      <label class="agree">
        <input id="clone-consent" type="checkbox" required aria-describedby="clone-privacy" />
        <span data-text="cloneAgree"></span>
      </label>
      <p id="clone-privacy" class="small" data-text="clonePrivacy"></p>
      <p id="clone-problem" class="problem" role="alert"></p>
      <button id="clone-make" class="primary" type="submit" data-text="cloneMake"></button>
    </form>
    <progress id="clone-progress" max="1" aria-labelledby="clone-status" hidden></progress>
    <div id="clone-result" class="result" hidden>
      <h3 id="clone-made"></h3>
      <video id="clone-preview" controls playsinline data-label="clonePreview"></video>
      <ul id="clone-advice" class="small"></ul>
      <button id="clone-talk" class="primary" type="button" data-text="cloneTalk"></button>
      <div class="row">
        <button id="clone-again" class="outline" type="button" data-text="cloneAgain"></button>
        <button id="clone-delete" class="quiet end" type="button" data-text="cloneDelete"></button>
      </div>
    </div>
    <p id="clone-status" class="status" role="status"></p>
  </dialog>
`;

/** Puts the closed dialog into the document. */
export function addCloneDialog() {
  const dialog = new DOMParser().parseFromString(DIALOG, "text/html").querySelector("dialog");
  if (dialog !== null) document.body.append(dialog);
}
