export { RewardPictures as default } from "./RewardPictures";
