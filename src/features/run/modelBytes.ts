// The size of the built-in model's files, shown on the main button. A test compares it with public/models/tiny.
export const MODEL_BYTES = 2_210_791;
