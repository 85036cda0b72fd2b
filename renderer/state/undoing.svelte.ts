/** Undo and redo as the keys and the menu mean them: a text field's own while it has the keyboard, the pictures' on their pages, the recipe's elsewhere. */
import { m } from '../m';
import { data } from './data.svelte';
import { place } from './place.svelte';
import { recipe } from './recipe.svelte';
import { type Action, notify, toasts } from './toasts.svelte';

const typing = (): boolean => {
  const { activeElement: field } = document;
  return field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type === 'text');
};

/** Pages on which pictures are changed. */
const changesPictures = (): boolean => place.now === 'data' || place.now === 'understand';

/** The notice of the last step: an older one would offer what is no longer the next. */
let told: number | null = null;
function tell(text: string, action: Action): void {
  if (told !== null) toasts.dismiss(told);
  told = notify(text, action);
}

function undoRecipe(): void {
  if (recipe.undo()) tell(m.undone(), { label: m.redo(), run: redoRecipe });
}

function redoRecipe(): void {
  if (recipe.redo()) tell(m.redone(), { label: m.undo(), run: undoRecipe });
}

export const undoing = {
  undo(): void {
    if (typing()) document.execCommand('undo');
    else if (changesPictures()) void data.undo();
    else undoRecipe();
  },
  redo(): void {
    if (typing()) document.execCommand('redo');
    else if (changesPictures()) void data.redo();
    else redoRecipe();
  },
  undoRecipe,
  redoRecipe
};
