// Why a row was chosen, in words: what is known of its neighbourhood.
import { lossesOf, type Sights } from "./fall";

/** First sights from which on a fall is spoken of. */
const SPOKEN = 4;

/**
 * `neighbourhood “antenna gain”: loss at first sight 1.9 → 0.7 nats, still falling; 12 of 61 seen`
 *
 * @param size rows of the neighbourhood
 * @param open whether its next row is expected to teach as much as one drawn at random
 */
export function whyChosen(name: string, sights: Sights, size: number, open: boolean): string {
  const seen = `${sights.count} of ${size} seen`;
  const losses = lossesOf(sights);
  if (!losses) return `neighbourhood “${name}”: not seen yet; ${seen}`;
  if (sights.count < SPOKEN)
    return `neighbourhood “${name}”: loss at first sight ${digits(losses.to)} nats, too few to tell; ${seen}`;
  const course = open ? "still falling" : "hardly falling, a look now and then";
  return `neighbourhood “${name}”: loss at first sight ${digits(losses.from)} → ${digits(losses.to)} nats, ${course}; ${seen}`;
}

const digits = (nats: number): string => nats.toFixed(nats < 0.095 ? 2 : 1);
