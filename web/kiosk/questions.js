/**
 * Questions to suggest by touch, where a persona has none of its own. Imports nothing.
 */

/** By language. @type {Record<string, string[]>} */
const GENERAL = {
  en: ["What can I ask you?", "Who are you?", "Are you a real person?", "Tell me a joke."],
  de: ["Was kann ich fragen?", "Wer bist du?", "Bist du ein echter Mensch?", "Erzähl einen Witz."],
  es: ["¿Qué puedo preguntar?", "¿Quién eres?", "¿Eres una persona real?", "Cuéntame un chiste."],
  fr: ["Que puis-je demander ?", "Qui es-tu ?", "Es-tu une vraie personne ?", "Une blague ?"],
};

/**
 * @param {readonly string[]} own those of whoever runs the kiosk, which go before
 * @param {readonly string[]} questions those of the persona
 * @param {string} language of the persona, as `en` or `en-GB`
 * @returns {readonly string[]}
 */
export function questionsFor(own, questions, language) {
  if (own.length > 0) return own;
  if (questions.length > 0) return questions;
  const tongue = language.toLowerCase().split("-")[0] ?? "";
  return GENERAL[tongue] ?? GENERAL.en ?? [];
}
