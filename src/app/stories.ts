// Title and description of each story (a recorded experiment on the page). Results are not written here: they are
// computed from the runs.

export interface Story {
  title: string;
  /** For the row of stories. */
  short: string;
  question: string;
}

const stories: Record<string, Story> = {
  needle: {
    title: "Find the needle",
    short: "Find the needle",
    question:
      "603 questions, and the model already answers nine in ten of them; the test asks mostly about the rest. It may study 64 a round. Three ways to choose race by all tokens, those spent on choosing included: EDCO by entropy, scout by losses seen in training, and random order.",
  },
  noisy: {
    title: "Chase the noise",
    short: "When the curriculum loses",
    question:
      "Four in ten of these questions have no right answer. The model can never become sure of them, and entropy keeps choosing what is unsure.",
  },
  comm: {
    title: "An ordinary pool",
    short: "An ordinary pool",
    question:
      "320 small questions about radio, most of them new, a few out of reach. Does it help to choose, when nearly everything is worth learning?",
  },
  med: {
    title: "Doses and drips",
    short: "Doses and drips",
    question: "320 small questions about doses. Most are new to the model, a few are out of its reach.",
  },
  law: {
    title: "Terms and fines",
    short: "Terms and fines",
    question:
      "320 small questions about terms and fines. Most are new to the model, a few are out of its reach.",
  },
  metis: {
    title: "A model that judges itself",
    short: "A model that judges itself",
    question:
      "Before it answers, the model forecasts which prompts will teach it most. The rewards then say whether it was right.",
  },
};

export function storyOf(story: string, title: string | null): Story {
  return stories[story] ?? { title: title ?? story, short: title ?? story, question: "" };
}
