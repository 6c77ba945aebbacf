/**
 * The faces of a server: those to choose from, and new ones made of photos. Imports api and errors.
 */

import { refusal, request } from "./api.js";
import { SessionError } from "./errors.js";

/**
 * @typedef {object} Avatar
 * @property {string} id a secret for a face made of a photo: who knows it can see the face
 * @property {string} name
 * @property {string | null} created
 * @property {boolean} ai_generated whether the pictured person does not exist
 * @property {string} portrait address of a picture
 * @property {string} preview address of a short film
 * @property {string} file address of the `.avatar` file
 * @property {string[]} advice what would make a better one
 */

/** @typedef {Avatar & {delete_token: string}} NewAvatar the token is told only once */

/**
 * @typedef {object} Photos
 * @property {Blob} photo a calm face that looks into the camera
 * @property {Blob | null} [smiling] shows the teeth
 * @property {Blob | null} [openMouth] shows the inside of the mouth
 */

/** The server's limit for all photos together, in bytes. */
export const MAX_UPLOAD_BYTES = 40 * 2 ** 20;

/**
 * @param {string} apiUrl where the server is, without a slash at the end
 * @param {string[]} [own] ids of faces made earlier; those that still exist are listed too
 * @returns {Promise<Avatar[]>}
 * @throws {SessionError}
 */
export async function listAvatars(apiUrl, own = []) {
  const query = new URLSearchParams(own.map((id) => ["id", id]));
  const answer = await request(`${apiUrl}/v1/avatars${own.length ? `?${query}` : ""}`, {});
  return /** @type {{avatars: Avatar[]}} */ (answer).avatars;
}

/**
 * Makes a face of photos.
 * @param {string} apiUrl
 * @param {Photos} photos
 * @param {{name: string, consent: boolean, consentBy: string}} about `consent`: the person agrees
 * @param {{onProgress?: (share: number) => void, signal?: AbortSignal, token?: string | null}}
 *   [options] `onProgress`: how much has been sent, 0 to 1; `token`: a session token or an API
 *   key, for a server that wants one
 * @returns {Promise<NewAvatar>}
 * @throws {SessionError}
 */
export function createAvatar(apiUrl, photos, about, options = {}) {
  const { onProgress = () => {}, signal, token = null } = options;
  const form = new FormData();
  form.set("name", about.name);
  form.set("consent", String(about.consent));
  form.set("consent_by", about.consentBy);
  form.set("photo", photos.photo, "photo");
  if (photos.smiling) form.set("smiling", photos.smiling, "smiling");
  if (photos.openMouth) form.set("open_mouth", photos.openMouth, "open_mouth");
  return new Promise((resolve, reject) => {
    // Only this kind of request tells how much has been sent.
    const sending = new XMLHttpRequest();
    sending.responseType = "json";
    sending.upload.onprogress = ({ loaded, total }) => onProgress(total ? loaded / total : 0);
    sending.onload = () => {
      const { status, response } = sending;
      if (status === 201 && response !== null) resolve(response);
      else reject(refusal(status, response));
    };
    sending.onerror = () => reject(new SessionError("network", "the upload did not get through"));
    sending.onabort = () => reject(new SessionError("goodbye", "given up"));
    signal?.addEventListener("abort", () => sending.abort());
    sending.open("POST", `${apiUrl}/v1/avatars`);
    if (token) sending.setRequestHeader("authorization", `Bearer ${token}`);
    sending.send(form);
  });
}

/**
 * Deletes a face and all that was made of it, for good.
 * @param {string} apiUrl
 * @param {string} id
 * @param {string} token what came with the face when it was made
 * @returns {Promise<void>}
 * @throws {SessionError}
 */
export async function deleteAvatar(apiUrl, id, token) {
  const headers = { authorization: `Bearer ${token}` };
  await request(`${apiUrl}/v1/avatars/${encodeURIComponent(id)}`, { method: "DELETE", headers });
}

/**
 * @param {Avatar} avatar
 * @param {string | null} persona whose voice it speaks with
 * @returns {string} address of a short film of the face introducing itself
 */
export function previewUrl(avatar, persona) {
  return persona === null ? avatar.preview : `${avatar.preview}?persona=${persona}`;
}
