// Answers what a page asks of the Hugging Face hub from the mock.
import type { BrowserContext } from "@playwright/test";

export interface StandIn {
  /** true: the network is gone. */
  cut: boolean;
  /** Requests so far. */
  asked: number;
}

export async function standIn(
  context: BrowserContext,
  hub: { address: string },
  state: StandIn,
): Promise<void> {
  await context.route("https://huggingface.co/**", async (route) => {
    if (state.cut) return route.abort("internetdisconnected");
    const request = route.request();
    state.asked++;
    const address = request.url().replace("https://huggingface.co", hub.address);
    const { range } = await request.allHeaders();
    const answer = await fetch(address, {
      method: request.method(),
      headers: range ? { range } : {},
    });
    const headers = Object.fromEntries(answer.headers);
    return route.fulfill({
      status: answer.status,
      headers: { ...headers, "access-control-allow-origin": "*", "access-control-expose-headers": "*" },
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
}
