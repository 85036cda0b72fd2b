/** Which of the five places is open, and whether the lesson is being followed. */
export const PLACES = ['data', 'network', 'train', 'understand', 'try'] as const;
export type Place = (typeof PLACES)[number];

let current = $state<Place>('data');
let lesson = $state(false);

export const place = {
  get now(): Place {
    return current;
  },
  go(to: Place): void {
    current = to;
  },
  get lesson(): boolean {
    return lesson;
  },
  set lesson(on: boolean) {
    lesson = on;
  }
};
