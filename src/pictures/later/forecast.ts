// Does it know what it does not know? Forecasts of reward variance against the variance that rollouts then showed.
import {
  forecastFigure,
  forecastSentence,
  forecastTable,
  forecastsOf,
  hasForecasts,
  offSelectionSentence,
} from "../reward/forecast";
import { SQUARE_WIDEST, type Picture } from "../picture";

export const picture: Picture = {
  id: "forecast",
  place: 53,
  question: "Does it know what it does not know?",
  follows: ["groups", "run"],
  applies: ({ run }) => run.judged.some(hasForecasts),
  sentence: ({ run }) =>
    forecastSentence(forecastsOf(run.groups, run.judged)) + offSelectionSentence(run.forecastProbes),
  figure: ({ run }, width) =>
    forecastFigure(forecastsOf(run.groups, run.judged), run.groups, {
      width: Math.min(width, SQUARE_WIDEST),
      height: 290,
    }),
  table: ({ run }) => forecastTable(run.groups, run.forecastProbes),
  key: () => [
    { mark: "", text: "a dot’s size: studied prompts at that place" },
    { mark: "k-ring-pick k-round", text: "mean of a fifth of the range" },
    { mark: "", text: "line: a perfect forecast; dashed: what a perfect one would see" },
    { mark: "", text: "left edge: forecasts that could not be read" },
  ],
};
