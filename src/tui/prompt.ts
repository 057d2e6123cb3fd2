/** Names of keys that are not text. */
const named = new Set(['up', 'down', 'left', 'right', 'tab', 'pageup', 'pagedown', 'home', 'end']);
const maxLength = 200;

/** A line of text after a key. */
export const edited = (text: string, key: string): string => {
  if (key === 'backspace' || key === 'delete') {
    return [...text].slice(0, -1).join('');
  }
  if (key === 'ctrl+u') {
    return '';
  }
  const isText = !key.startsWith('ctrl+') && !named.has(key) && !/\p{C}/u.test(key);
  return isText && text.length < maxLength ? text + key : text;
};
