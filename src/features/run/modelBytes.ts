// What the main button downloads: the built-in model's files. A test holds it against public/models/tiny.
export const MODEL_BYTES = 2_210_791;
