// The pictures of reward fine-tuning, loaded when a run has rollouts.
export function RewardPictures() {
  return null;
}
