// Forward pass: logits of named rows, log-probability and entropy of every token.
import { documents, inputTensor, logitsOf, statsOf, vector, type Check } from "../context";
import { packDocuments } from "../packed";

export const logits: Check = async (context) => {
  const rows = inputTensor(context, "batch/logit_rows");
  const got = await logitsOf(context.engine, documents(context, "batch"), rows, packDocuments);
  return () => got;
};

export const tokenStats: Check = async (context) => {
  const { logprob, entropy } = await statsOf(context.engine, documents(context, "batch"));
  return (name) => {
    if (name.includes("logprob")) return vector(logprob);
    return name.includes("entropy") ? vector(entropy) : null;
  };
};
