// Types of the mock for the tests that TypeScript checks.
export const HEAD: string;
export const OLD: string;
export interface HubState {
  asked: string[];
  starts: number[];
  offline: boolean;
}
export function startHub(): Promise<{ address: string; state: HubState; close: () => Promise<void> }>;
